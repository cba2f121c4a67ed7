import * as fc from 'fast-check';
import { anyFacts, anyPolicy, factsOf, policyOf } from '../../test/policies';
import { changeKind } from './change-kind';
import { DEFAULT_POLICIES } from './plan-defaults';
import { byRank, fits, ties } from './scope';

const FACTS = factsOf();

describe('the scope of a policy', () => {
  it.each([
    ['everything', {}],
    ['its provider', { provider: 'acme' }],
    ['its subject', { subject: 'acme/slots' }],
    ['one of its markets', { market: 'SE' }],
    ['its kind of change', { change: 'minor' }],
    ['all of these', { subject: 'acme/slots', market: 'MT', change: 'minor' }],
  ])('fits a version when it is %s', (_, scope) => {
    expect(fits(policyOf('p', { scope }).scope, FACTS, 'minor')).toBe(true);
  });

  it.each([
    ['another provider', { provider: 'zenith' }],
    ['another subject', { subject: 'acme/wallet' }],
    ['a market where it is not certified', { market: 'US-NJ' }],
    ['another kind of change', { change: 'major' }],
    ['right in all but one', { subject: 'acme/slots', market: 'US-NJ', change: 'minor' }],
  ])('does not fit a version when it is %s', (_, scope) => {
    expect(fits(policyOf('p', { scope }).scope, FACTS, 'minor')).toBe(false);
  });

  it('does not fit by market a version whose markets are not known', () => {
    const facts = factsOf({ markets: null });
    expect(fits(policyOf('p', { scope: { market: 'MT' } }).scope, facts, 'minor')).toBe(false);
  });
});

describe('the rank of a policy', () => {
  it('is by whom it is for, then by market, then by change, and last by precedence', () => {
    const ranked = [
      policyOf('a', { scope: { subject: 'acme/slots', market: 'MT', change: 'minor' } }),
      policyOf('b', { scope: { subject: 'acme/slots', market: 'MT' } }),
      policyOf('c', { scope: { subject: 'acme/slots', change: 'minor' } }),
      policyOf('d', { scope: { subject: 'acme/slots' } }),
      policyOf('e', { scope: { provider: 'acme', market: 'MT' } }),
      policyOf('f', { scope: { provider: 'acme', change: 'minor' }, precedence: 900 }),
      policyOf('g', { scope: { provider: 'acme' }, precedence: 1000 }),
      policyOf('h', { scope: { market: 'MT' }, precedence: 1 }),
      policyOf('i', { scope: { market: 'SE' } }),
      policyOf('j', { scope: { change: 'minor' } }),
      policyOf('k', {}),
      DEFAULT_POLICIES.find(({ name }) => name === 'default-minor')!,
    ];
    const names = ranked.map(({ name }) => name);
    expect(
      [...ranked]
        .reverse()
        .sort(byRank)
        .map(({ name }) => name),
    ).toEqual(names);
  });
});

describe('a tie', () => {
  it('is between policies of different markets, as a version may be certified in both', () => {
    expect(ties(policyOf('a', { scope: { market: 'MT' } }), policyOf('b', { scope: { market: 'SE' } }))).toBe(
      true,
    );
  });

  it.each([
    ['are for different changes', { change: 'major' }, { change: 'minor' }, 0],
    ['are for different subjects', { subject: 'acme/slots' }, { subject: 'acme/wallet' }, 0],
    ['have different precedence', { market: 'MT' }, { market: 'SE' }, 1],
    ['are differently specific', { provider: 'acme' }, { change: 'minor' }, 0],
  ])('is not between policies that %s', (_, one, other, precedence) => {
    expect(ties(policyOf('a', { scope: one }), policyOf('b', { scope: other, precedence }))).toBe(false);
  });

  it('is there exactly when two policies of one rank could fit one version', () => {
    const key = ({ scope, precedence }: ReturnType<typeof policyOf>): string =>
      [
        scope.subject !== null,
        scope.provider !== null,
        scope.market !== null,
        scope.change !== null,
        precedence,
      ].join();
    fc.assert(
      fc.property(anyPolicy, anyPolicy, anyFacts, (one, other, facts) => {
        const kind = changeKind(facts.version, facts.stableVersion);
        const bothFit = fits(one.scope, facts, kind) && fits(other.scope, facts, kind);
        if (bothFit && key(one) === key(other)) expect(ties(one, other)).toBe(true);
        expect(ties(one, other)).toBe(ties(other, one));
      }),
    );
  });
});
