import { PolicyDocument } from '@croupier/contracts';
import { AUTO, DEFAULTS, policyOf } from '../../test/policies';
import { DEFAULT_POLICIES } from './plan-defaults';
import { policyFault } from './policy-fault';

const auto = { kind: 'auto' };

function faultOf(rules: object): string | undefined {
  return policyFault(policyOf('p', { rules: { automation: auto, ...rules } }), [], DEFAULTS)?.detail;
}

describe('a policy is refused', () => {
  it('when another is for the same', () => {
    const other = policyOf('other', { scope: { provider: 'acme', change: 'major' } });
    const fault = policyFault(
      policyOf('p', { scope: { change: 'major', provider: 'acme' } }),
      [other],
      DEFAULTS,
    );
    expect(fault).toEqual({
      field: 'scope',
      detail: 'ties with policy other: both are for all of acme, major changes, with precedence 0',
    });
  });

  it('when another of equal rank is for another market', () => {
    const other = policyOf('malta', { scope: { market: 'MT' }, precedence: 3 });
    const fault = policyFault(policyOf('p', { scope: { market: 'SE' }, precedence: 3 }), [other], DEFAULTS);
    expect(fault?.detail).toBe(
      'ties with policy malta: a version may be certified in SE and in MT, and both would be for it, with precedence 3',
    );
  });

  it.each([
    [
      'weights that fall',
      { strategy: { kind: 'canary', weights: [50, 10, 100] } },
      'steps[2]: weightPercent must be over 50',
    ],
    [
      'weights that end early',
      { strategy: { kind: 'canary', weights: [5, 50] } },
      'weightPercent 100 and no markets',
    ],
    [
      'a market in two waves',
      { strategy: { kind: 'canary', waves: [['MT'], ['MT']] } },
      'weightPercent must be over 100',
    ],
    [
      'copies of more requests than there are',
      { strategy: { kind: 'canary', weights: [50, 100], mirrorPercent: 60 } },
      'steps[0]: weightPercent and mirrorPercent must be 100 at most together',
    ],
    [
      'a deadline before the least duration',
      { strategy: { kind: 'blue-green', look: { minDurationMs: 2_000_000 } } },
      'steps[2]: deadlineMs must be over minDurationMs',
    ],
    [
      'a metric twice',
      { analysis: { metrics: [DEFAULTS.analysis.metrics[0], DEFAULTS.analysis.metrics[0]] } },
      'analysis.metrics: error-rate is there twice',
    ],
    [
      'a null rate of no metric',
      {
        strategy: {
          kind: 'canary',
          steps: [
            { kind: 'setWeight', weightPercent: 100 },
            {
              kind: 'analysis',
              minDurationMs: 0,
              minRequests: 1,
              deadlineMs: 1,
              nullRates: { deposits: 0.1 },
            },
          ],
        },
      },
      'steps[1]: nullRates names deposits, which is no metric of the analysis',
    ],
  ])('for %s', (_, rules, detail) => {
    expect(faultOf(rules)).toContain(detail);
  });

  it.each([
    [
      'all-at-once as a strategy',
      { rules: { ...AUTO, strategy: { kind: 'all-at-once' } } },
      'rules.strategy.kind',
    ],
    ['a subject beside a provider', { scope: { provider: 'acme', subject: 'acme/slots' } }, 'scope.provider'],
    [
      'steps beside weights',
      {
        rules: {
          ...AUTO,
          strategy: { kind: 'canary', weights: [100], steps: [{ kind: 'pause', durationMs: 1 }] },
        },
      },
      'rules.strategy.steps',
    ],
    [
      'copies in waves',
      { rules: { ...AUTO, strategy: { kind: 'canary', waves: [['MT']], mirrorPercent: 5 } } },
      'rules.strategy.mirrorPercent',
    ],
    [
      'approval by nobody',
      { rules: { automation: { kind: 'approval', approvers: 0 } } },
      'rules.automation.approvers',
    ],
    ['a rule that does not exist', { rules: { ...AUTO, drain: 5 } }, 'rules'],
  ])('already when it is read, for %s', (_, document, path) => {
    const { error } = PolicyDocument.safeParse({ rules: AUTO, ...document });
    expect(error?.issues[0]?.path.join('.')).toBe(path);
  });
});

describe('a policy is accepted', () => {
  it('in place of its own earlier version', () => {
    const policy = policyOf('p', { scope: { provider: 'acme' } });
    expect(policyFault(policy, [policy], DEFAULTS)).toBeNull();
  });

  it('beside a default with the same scope', () => {
    for (const { scope } of DEFAULT_POLICIES)
      expect(policyFault(policyOf('p', { scope }), DEFAULT_POLICIES, DEFAULTS)).toBeNull();
  });

  it('that turns on flags, although it is not known which', () => {
    expect(faultOf({ strategy: { kind: 'flag' } })).toBeUndefined();
  });
});
