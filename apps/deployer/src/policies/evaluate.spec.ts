import type { ReleaseId } from '@croupier/contracts';
import { queueRelease } from '@croupier/rollout';
import * as fc from 'fast-check';
import { anyFacts, anyPolicy, DEFAULTS, factsOf, policyOf } from '../../test/policies';
import { changeKind } from './change-kind';
import { evaluate } from './evaluate';
import { DEFAULT_POLICIES } from './plan-defaults';
import type { ArtifactFacts, Policy } from './policy';
import { policyFault } from './policy-fault';
import { fits } from './scope';

const MAJORS = policyOf('acme-majors', {
  scope: { provider: 'acme', change: 'major' },
  rules: { automation: { kind: 'approval', approvers: 2 }, strategy: { kind: 'blue-green' }, drainMs: 5 },
});

function decide(policies: readonly Policy[], facts: Partial<ArtifactFacts>) {
  return evaluate([...DEFAULT_POLICIES, ...policies], factsOf(facts), DEFAULTS);
}

describe('by default', () => {
  it.each([
    ['1.0.0', null, 'release', null, 0],
    ['1.0.1', '1.0.0', 'release', null, 0],
    ['1.1.0', '1.0.0', 'release', null, 0],
    ['1.10.0', '1.9.0', 'release', null, 0],
    ['2.0.0', '1.9.0', 'approval', null, 1],
    ['1.9.0', '1.10.0', 'skip', 'not-newer', 0],
    ['1.9.0', '1.9.0', 'skip', 'not-newer', 0],
    ['1.9.0+build.2', '1.9.0+build.1', 'skip', 'not-newer', 0],
    ['1.1.0-rc.1', '1.0.0', 'skip', 'prerelease', 0],
    ['1.0.0-rc.1', null, 'skip', 'prerelease', 0],
  ])('%s over %s: %s', (version, stableVersion, decision, skipReason, approvalsRequired) => {
    const evaluation = decide([], { version, stableVersion });
    expect(evaluation).toMatchObject({
      decision,
      skipReason,
      plan: { strategy: 'canary', approvalsRequired },
    });
  });

  it('is a canary by the configuration', () => {
    const { look: _, ...terms } = DEFAULTS;
    expect(decide([], {}).plan).toMatchObject({ ...terms, stableVersion: '1.0.0', requires: [] });
  });
});

describe('a policy', () => {
  it('says what is done, and the answer says why', () => {
    const everyone = policyOf('everyone', {});
    expect(decide([everyone, MAJORS], { version: '2.0.0' })).toMatchObject({
      policy: { name: 'acme-majors', version: 1 },
      change: 'major',
      decision: 'approval',
      skipReason: null,
      why: [
        '2 people have to approve it; then it is released, as a blue-green.',
        '2.0.0 is a major change over the stable 1.0.0.',
        'Policy acme-majors counts (in version 1): it is for all of acme, major changes.',
        'Less specific, and so without a say: everyone, default-major.',
      ],
      plan: { strategy: 'blue-green', approvalsRequired: 2, drainMs: 5, effectDeadlineMs: 600_000 },
    });
  });

  it('leaves what it does not fit to others', () => {
    expect(decide([MAJORS], { version: '1.0.1' }).policy).toEqual({ name: 'default-patch', version: 0 });
  });

  it('can leave it to people to release anything, and has a plan for them', () => {
    const manual = policyOf('by-hand', { rules: { automation: { kind: 'manual' } } });
    expect(decide([manual], {})).toMatchObject({
      decision: 'skip',
      skipReason: 'manual',
      plan: { strategy: 'canary', approvalsRequired: 0 },
    });
  });

  it('can release prereleases', () => {
    const eager = policyOf('eager', { rules: { automation: { kind: 'auto' }, prereleases: 'release' } });
    expect(decide([eager], { version: '1.1.0-rc.1' }).decision).toBe('release');
  });

  it('of flags has no plan for a version that has none', () => {
    const byFlag = policyOf('by-flag', {
      rules: { automation: { kind: 'auto' }, strategy: { kind: 'flag' } },
    });
    expect(decide([byFlag], { flags: [] })).toMatchObject({
      decision: 'skip',
      skipReason: 'no-plan',
      why: expect.arrayContaining(['There is no plan for it: it names no flag to turn on.']),
      plan: null,
    });
    expect(decide([byFlag], { flags: ['bonus'] })).toMatchObject({
      decision: 'release',
      plan: { strategy: 'flag' },
    });
  });

  it('takes over the analysis in parts', () => {
    const strict = policyOf('strict', {
      rules: { automation: { kind: 'auto' }, analysis: { alpha: 0.01, budget: { failedRequests: 50 } } },
    });
    expect(decide([strict], {}).plan?.analysis).toEqual({
      ...DEFAULTS.analysis,
      alpha: 0.01,
      budget: { failedRequests: 50, playersTouched: null },
    });
  });

  it('has no plan once the configuration leaves a step no time', () => {
    const slow = policyOf('slow', {
      rules: {
        automation: { kind: 'auto' },
        strategy: { kind: 'canary', look: { minDurationMs: 1_000_000 } },
      },
    });
    const impatient = { ...DEFAULTS, look: { ...DEFAULTS.look, deadlineMs: 900_000 } };
    const { plan, why } = evaluate([...DEFAULT_POLICIES, slow], factsOf(), impatient);
    expect(plan).toBeNull();
    expect(why[0]).toContain('deadlineMs must be over minDurationMs');
  });
});

describe('what a person asks for', () => {
  it('comes before the policy', () => {
    const { plan, policy } = evaluate(
      [...DEFAULT_POLICIES, MAJORS],
      factsOf({ version: '2.0.0' }),
      DEFAULTS,
      {
        strategy: 'all-at-once',
      },
    );
    expect(policy.name).toBe('acme-majors');
    expect(plan).toMatchObject({ strategy: 'all-at-once', drainMs: 5, approvalsRequired: 2 });
  });

  it('has a plan also where the policy would have done nothing: a way back', () => {
    const facts = factsOf({ version: '0.9.0' });
    expect(evaluate(DEFAULT_POLICIES, facts, DEFAULTS, { strategy: 'rollback' })).toMatchObject({
      decision: 'skip',
      skipReason: 'not-newer',
      plan: { strategy: 'rollback' },
    });
  });

  it('has no plan where it makes no sense', () => {
    const { plan, why } = evaluate(DEFAULT_POLICIES, factsOf({ stableVersion: null }), DEFAULTS, {
      strategy: 'flag',
    });
    expect(plan).toBeNull();
    expect(why[0]).toContain('no stable version whose flags');
  });

  it.each([
    [0, 2],
    [5, 5],
  ])(
    'may be more approvals than the policy wants, and not fewer: %i asked, %i needed',
    (approvers, needed) => {
      const facts = factsOf({ version: '2.0.0' });
      const { plan, decision } = evaluate([...DEFAULT_POLICIES, MAJORS], facts, DEFAULTS, { approvers });
      expect(plan?.approvalsRequired).toBe(needed);
      expect(decision).toBe('approval');
    },
  );
});

/** Sets that operators can have: each was valid beside those before it. */
const anyPolicies = fc
  .array(anyPolicy, { maxLength: 8 })
  .map((candidates) =>
    candidates.reduce<Policy[]>(
      (valid, candidate) =>
        valid.some(({ name }) => name === candidate.name) || policyFault(candidate, valid, DEFAULTS) !== null
          ? valid
          : [...valid, candidate],
      [...DEFAULT_POLICIES],
    ),
  );

describe('whatever the policies and the version are', () => {
  it('the order of the policies does not matter', () => {
    fc.assert(
      fc.property(anyPolicies, anyFacts, fc.infiniteStream(fc.nat()), (policies, facts, numbers) => {
        const shuffled = policies
          .map((policy) => ({ policy, place: Number(numbers.next().value) }))
          .sort((a, b) => a.place - b.place)
          .map(({ policy }) => policy);
        expect(evaluate(shuffled, facts, DEFAULTS)).toEqual(evaluate(policies, facts, DEFAULTS));
      }),
    );
  });

  it('one policy counts, it fits, and no other that fits is for part of what it is for', () => {
    fc.assert(
      fc.property(anyPolicies, anyFacts, (policies, facts) => {
        const kind = changeKind(facts.version, facts.stableVersion);
        const { name } = evaluate(policies, facts, DEFAULTS).policy;
        const counts = policies.find((policy) => policy.name === name)!;
        expect(fits(counts.scope, facts, kind)).toBe(true);
        const fitting = policies.filter(({ scope }) => fits(scope, facts, kind));
        expect(fitting.filter((other) => isNarrower(other, counts))).toEqual([]);
      }),
    );
  });

  it('a plan can be queued, and one is missing only where flags are', () => {
    fc.assert(
      fc.property(anyPolicies, anyFacts, (policies, facts) => {
        const { plan, decision } = evaluate(policies, facts, DEFAULTS);
        if (plan === null) {
          expect([decision, facts.flags]).toEqual(['skip', []]);
          return;
        }
        const { provider, game, version } = facts;
        const identity = { releaseId: 'r' as ReleaseId, digest: 'd', provider, game, version };
        expect(queueRelease({ ...identity, ...plan }, 0).refusal).toBeUndefined();
      }),
    );
  });

  it('nothing old is released, and nobody is asked less than the policy wants', () => {
    fc.assert(
      fc.property(anyPolicies, anyFacts, fc.nat(3), (policies, facts, approvers) => {
        const own = evaluate(policies, facts, DEFAULTS);
        const asked = evaluate(policies, facts, DEFAULTS, { approvers });
        expect(asked.plan?.approvalsRequired ?? 0).toBeGreaterThanOrEqual(own.plan?.approvalsRequired ?? 0);
        expect(own.decision === 'skip').toBe(own.skipReason !== null);
        expect(own.decision === 'approval').toBe(own.skipReason === null && own.plan!.approvalsRequired > 0);
        if (facts.version === facts.stableVersion) expect(own.skipReason).toBe('not-newer');
      }),
    );
  });
});

/** In every part at least as narrow, and in one narrower. */
function isNarrower(one: Policy, other: Policy): boolean {
  const widths = ({ scope, version }: Policy): number[] => [
    scope.subject !== null ? 0 : scope.provider !== null ? 1 : 2,
    scope.market !== null ? 0 : 1,
    scope.change !== null ? 0 : 1,
    version === 0 ? 1 : 0,
  ];
  const [a, b] = [widths(one), widths(other)];
  return a.every((width, index) => width <= b[index]!) && a.some((width, index) => width < b[index]!);
}
