import type { TelemetryCount } from '@croupier/contracts';
import { canarySteps, type ReleasePlan } from '@croupier/rollout';
import { countOf, observationOf, windowOf } from '../../test/memory-telemetry';
import { ANALYSIS, DEPOSITS, ERRORS, judgedBy, LOOK, SLOW } from '../../test/release-plan';
import { command, inPhase, inStep, queued, ROUTED, told } from '../../test/stored-releases';
import type { StoredRelease } from '../ports/release-store';
import type { ObservationEntry } from '../ports/telemetry-source';
import { Intake, noTallies, upToDate, type ReleaseTallies } from '../telemetry/release-tallies';
import { judgementOf, withoutGateways } from './judgement';

/** Windows that come one by one, as they do: the comparison with stable learns from those before. */
function tallied(
  release: StoredRelease,
  counts: readonly Partial<TelemetryCount>[],
  windows = 10,
): ReleaseTallies {
  let tallies = noTallies(release);
  for (let turn = 0; turn < windows; turn += 1) {
    const intake = new Intake(release);
    const each = counts.map(({ version = '1.1.0', ...counted }) => countOf(version, counted));
    intake.addWindow(windowOf(each));
    tallies = intake.foldInto(tallies);
  }
  return tallies;
}

function verdictOn(release: StoredRelease, ...counts: readonly Partial<TelemetryCount>[]) {
  return judgementOf(release, tallied(release, counts));
}

const HEALTHY = { requests: 100 };
const FAILING = { requests: 100, errors: 20 };
const STABLE = { version: '1.0.0', requests: 2_000, errors: 2 };

describe('a verdict', () => {
  it('is none on a release without traffic', () => {
    for (const release of [queued(), inPhase('deploying'), told(inStep(1), command('abort'))])
      expect(judgementOf(release, noTallies(release))).toBeNull();
  });

  it('is on the step under way, with the evidence of each metric and its requests', () => {
    const judged = verdictOn(inStep(3, judgedBy(ERRORS, SLOW)), HEALTHY, STABLE);
    expect(judged).toMatchObject({ kind: 'judged', stepIndex: 3, stepRequests: 1_000, verdict: 'healthy' });
    expect(judged?.evidence.map(({ name, trials }) => [name, trials])).toEqual([
      ['errors', 1_000],
      ['slow', 1_000],
    ]);
  });

  it('is a breach when the canary fails over its limit, and says so', () => {
    expect(verdictOn(inStep(1), FAILING, STABLE)).toMatchObject({
      verdict: 'breached',
      explanation: expect.stringContaining('errors 20.0 % of 1000 requests is over 1.0 %') as string,
    });
  });

  it('is an incident when stable fails alike', () => {
    const judged = verdictOn(inStep(1), FAILING, { version: '1.0.0', requests: 2_000, errors: 400 });
    expect(judged?.verdict).toBe('incident');
  });

  it('is open while little is known, and says what lacks', () => {
    expect(verdictOn(inStep(1), { requests: 2 })).toMatchObject({
      verdict: 'undecided',
      stepRequests: 20,
      explanation: expect.stringContaining('undecided') as string,
    });
  });

  it('goes on while the rollout is paused', () => {
    expect(verdictOn(told(inStep(1), command('pause')), FAILING, STABLE)).toMatchObject({
      stepIndex: 1,
      verdict: 'breached',
    });
  });

  it('is never health by the evidence of an earlier step', () => {
    const before = inStep(1);
    const raised = { ...inStep(3), stepRoutingVersion: ROUTED.stepRoutingVersion + 1 };
    const tallies = upToDate(tallied(before, [HEALTHY]), raised);
    expect(judgementOf(raised, tallies)).toMatchObject({ verdict: 'no-telemetry', stepRequests: 0 });
  });

  it('is a breach by the evidence of all steps', () => {
    const raised = { ...inStep(3), stepRoutingVersion: ROUTED.stepRoutingVersion + 1 };
    const tallies = upToDate(tallied(inStep(1), [FAILING, STABLE]), raised);
    expect(judgementOf(raised, tallies)).toMatchObject({
      stepIndex: 3,
      verdict: 'breached',
      stepRequests: 0,
    });
  });
});

describe('silence', () => {
  const silent = (launches: number) => judgementOf(inStep(1), tallied(inStep(1), [{ launches }], 1));

  it('is a breach by a version that was dealt sessions and answers nothing', () => {
    expect(silent(20)).toMatchObject({
      verdict: 'breached',
      explanation: '20 sessions were dealt to it, and it answered no request',
    });
  });

  it('is no telemetry as long as hardly anybody has come', () => {
    for (const launches of [0, 19])
      expect(silent(launches)).toMatchObject({ verdict: 'no-telemetry', stepRequests: 0 });
  });

  it('is none when anything was ever answered', () => {
    expect(verdictOn(inStep(1), { launches: 100, requests: 1 })?.verdict).toBe('undecided');
    const raised = { ...inStep(3), stepRoutingVersion: ROUTED.stepRoutingVersion + 1 };
    const tallies = upToDate(tallied(inStep(1), [{ launches: 100, requests: 1 }]), raised);
    expect(judgementOf(raised, tallies)?.verdict).toBe('no-telemetry');
  });

  it('of the gateways is none of a version that another source reports', () => {
    const release = inStep(1, judgedBy(DEPOSITS));
    const intake = new Intake(release);
    const entry = observationOf(release.id, 'deposits', { canary: { trials: 500, failures: 0 } });
    intake.addObservation(entry as ObservationEntry);
    expect(judgementOf(release, intake.foldInto(noTallies(release)))).toMatchObject({
      verdict: 'healthy',
      stepRequests: 500,
    });
  });
});

describe('the limits of a verdict', () => {
  const LENIENT: Partial<ReleasePlan> = {
    steps: canarySteps(LOOK, [5, 100]).map((step, index) =>
      index === 1 && step.kind === 'analysis' ? { ...step, nullRates: { errors: 0.4 } } : step,
    ),
  };

  it('are those of the step where it has its own', () => {
    expect(verdictOn(inStep(1, LENIENT), FAILING)?.verdict).toBe('healthy');
    expect(verdictOn(inStep(3, LENIENT), FAILING)?.verdict).toBe('breached');
    expect(verdictOn(inStep(1, LENIENT), FAILING)?.evidence[0]?.nullRate).toBe(0.4);
  });

  it('leave the margin over stable as it is for the whole rollout', () => {
    const judged = verdictOn(inStep(1, LENIENT), FAILING, STABLE);
    expect(judged).toMatchObject({ verdict: 'breached', evidence: [{ nullRate: 0.4, margin: 0.005 }] });
  });

  it.each([
    ['failedRequests', { requests: 1_000, errors: 1 }, '10 failed requests'],
    ['playersTouched', { requests: 1_000, launches: 1 }, '10 players touched'],
  ] as const)('end with the budget of %s, however healthy it is', (cost, counted, budget) => {
    const withBudget = (most: number): Partial<ReleasePlan> => ({
      analysis: { ...ANALYSIS, budget: { ...ANALYSIS.budget, [cost]: most } },
    });
    expect(verdictOn(inStep(1, withBudget(10)), counted)).toMatchObject({
      verdict: 'breached',
      explanation: expect.stringContaining(`the budget of ${budget} is spent`) as string,
    });
    expect(verdictOn(inStep(1, withBudget(11)), counted)?.verdict).toBe('healthy');
  });

  it('have the costs of before an incident in the budget', () => {
    const plan = { analysis: { ...ANALYSIS, budget: { ...ANALYSIS.budget, failedRequests: 10 } } };
    const release = inStep(1, plan);
    const hit = { ...release, state: { ...release.state, incidents: 1 } };
    const tallies = upToDate(tallied(release, [{ requests: 1_000, errors: 1 }]), hit);
    expect(judgementOf(hit, tallies)?.verdict).toBe('breached');
  });
});

describe('a verdict without gateways', () => {
  it('is no telemetry, whatever was known before', () => {
    for (const judged of [verdictOn(inStep(1), HEALTHY, STABLE)!, verdictOn(inStep(1), { requests: 2 })!])
      expect(withoutGateways(judged)).toEqual({
        ...judged,
        verdict: 'no-telemetry',
        explanation: 'no gateway reports',
      });
  });

  it('is a breach all the same', () => {
    const breached = verdictOn(inStep(1), FAILING, STABLE)!;
    expect(withoutGateways(breached)).toBe(breached);
  });
});
