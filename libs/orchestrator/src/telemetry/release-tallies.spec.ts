import { advanceRelative, NOT_COMPARED } from '@croupier/analysis';
import { flagSteps, type RolloutState } from '@croupier/rollout';
import { countOf, observationOf, windowOf } from '../../test/memory-telemetry';
import { DEPOSITS, ERRORS, judgedBy, LOOK, SLOW } from '../../test/release-plan';
import { command, inPhase, inStep, judged, NOW, ROUTED, told } from '../../test/stored-releases';
import type { ObservationEntry } from '../ports/telemetry-source';
import type { StoredRelease } from '../ports/release-store';
import { Intake, isInTraffic, noTallies, upToDate, type ReleaseTallies } from './release-tallies';

const { stepRoutingVersion: CURRENT } = ROUTED;

type Fresh = ReturnType<typeof windowOf> | ReturnType<typeof observationOf>;

function tally(
  release: StoredRelease,
  entries: readonly Fresh[],
  before = noTallies(release),
): ReleaseTallies {
  const intake = new Intake(release);
  for (const entry of entries)
    if (entry.kind === 'window') intake.addWindow(entry);
    else intake.addObservation(entry as ObservationEntry);
  return intake.foldInto(before);
}

const canary = (requests: number, errors = 0, launches = 0) =>
  countOf('1.1.0', { requests, errors, launches });
const stable = (requests: number, errors = 0) => countOf('1.0.0', { requests, errors });

describe('what a window adds to a release', () => {
  it('is the canary’s traffic, and both versions’ counts of each metric', () => {
    const release = inStep(1, judgedBy(ERRORS, SLOW));
    const counts = [
      countOf('1.1.0', { requests: 100, errors: 3, slow: 7, launches: 5 }),
      countOf('1.1.0', { market: 'SE', requests: 10, errors: 1, slow: 2, launches: 1 }),
      countOf('1.0.0', { requests: 2_000, errors: 4, slow: 60, launches: 50 }),
    ];
    const { rollout, step, metrics } = tally(release, [windowOf(counts)]);
    expect(rollout).toEqual({ requests: 110, errors: 4, launches: 6 });
    expect(step).toEqual(rollout);
    expect(metrics['errors']).toMatchObject({
      rollout: { trials: 110, failures: 4 },
      step: { trials: 110, failures: 4 },
      stable: { trials: 2_000, failures: 4 },
    });
    expect(metrics['slow']).toMatchObject({
      rollout: { trials: 110, failures: 9 },
      stable: { trials: 2_000, failures: 60 },
    });
  });

  it('is nothing of a third version, which only drains', () => {
    const release = inStep(1);
    const { rollout, metrics } = tally(release, [windowOf([countOf('0.9.0', { requests: 9, errors: 9 })])]);
    expect(rollout.requests).toBe(0);
    expect(metrics).toEqual({});
  });

  it('is nothing of before the version had traffic, not even stable’s', () => {
    const release = inStep(1);
    const early = windowOf([canary(10), stable(100)], { routingVersion: CURRENT - 1 });
    expect(tally(release, [early])).toEqual(noTallies(release));
    const unrouted = { ...release, firstRoutingVersion: null, stepRoutingVersion: null };
    expect(tally(unrouted, [windowOf([canary(10)])])).toEqual(noTallies(unrouted));
  });

  it('counts for the rollout, and not for the step, when it was dealt before the step’s weight', () => {
    const release = inStep(3, {}, { firstRoutingVersion: 10, stepRoutingVersion: 12 });
    const windows = [10, 11, 12, 13].map((routingVersion) => windowOf([canary(1)], { routingVersion }));
    const { rollout, step, metrics } = tally(release, windows);
    expect([rollout.requests, step.requests]).toEqual([4, 2]);
    expect([metrics['errors']?.rollout.trials, metrics['errors']?.step.trials]).toEqual([4, 2]);
  });

  it('counts for no step while the step’s weight is not dealt yet', () => {
    const release = inStep(2, {}, { stepRoutingVersion: null });
    const { rollout, step } = tally(release, [windowOf([canary(5)])]);
    expect([rollout.requests, step.requests]).toEqual([5, 0]);
  });

  it('is one block for the comparison with stable, whatever it was made of', () => {
    const release = inStep(1);
    const first = tally(release, [windowOf([canary(100, 10), stable(1_000, 1)])]);
    const both = tally(release, [windowOf([canary(40, 4)]), windowOf([canary(60, 6), stable(500)])], first);
    const [one, two] = [
      { canary: { trials: 100, failures: 10 }, stable: { trials: 1_000, failures: 1 } },
      { canary: { trials: 100, failures: 10 }, stable: { trials: 500, failures: 0 } },
    ];
    const rule = { margin: ERRORS.nullRate / 2 };
    const expected = advanceRelative(advanceRelative(NOT_COMPARED, one, rule), two, rule);
    expect(both.metrics['errors']?.relative).toEqual(expected);
    expect(expected.logEvidence).toBeGreaterThan(0);
  });
});

describe('what another source adds to a release', () => {
  const release = inStep(1, judgedBy(ERRORS, DEPOSITS));
  const counted = { canary: { trials: 50, failures: 2 }, stable: { trials: 800, failures: 9 } };

  it('is its metric, and no traffic', () => {
    const { rollout, metrics } = tally(release, [observationOf(release.id, 'deposits', counted)]);
    expect(rollout.requests).toBe(0);
    expect(metrics['deposits']).toMatchObject({
      rollout: counted.canary,
      step: counted.canary,
      stable: counted.stable,
    });
  });

  it('is the rollout’s and not the step’s when it was counted before the weight was dealt everywhere', () => {
    const late = observationOf(release.id, 'deposits', { ...counted, startedAt: NOW - 1 });
    const { metrics } = tally(release, [late]);
    expect(metrics['deposits']).toMatchObject({
      rollout: counted.canary,
      step: { trials: 0, failures: 0 },
      stable: counted.stable,
    });
    const unconfirmed = inStep(0, judgedBy(DEPOSITS));
    const early = observationOf(unconfirmed.id, 'deposits', counted);
    expect(tally(unconfirmed, [early]).metrics['deposits']?.step.trials).toBe(0);
  });

  it('is no evidence when it was counted before an incident', () => {
    const hit = told(release, judged('incident', 1));
    const late = observationOf(release.id, 'deposits', { ...counted, startedAt: NOW - 1 });
    expect(tally(hit, [late]).metrics).toEqual({});
  });

  it('is nothing of a metric that the plan does not know, or that gateways count', () => {
    const entries = ['refunds', 'errors'].map((metric) => observationOf(release.id, metric, counted));
    expect(tally(release, entries)).toEqual(noTallies(release));
  });

  it('leaves a metric that nobody else counts to it alone', () => {
    const { metrics } = tally(inStep(1, judgedBy(DEPOSITS, ERRORS)), [windowOf([canary(10)])]);
    expect(Object.keys(metrics)).toEqual(['errors']);
  });
});

describe('a release by flag', () => {
  const FLAGS = { strategy: 'flag', steps: flagSteps(LOOK, ['bonus', 'jackpot']) } as const;
  const later = (state: RolloutState, last: number): RolloutState => ({
    ...state,
    flagsSetAt: { first: NOW, last },
  });
  const at = (startedAt: number) => windowOf([stable(1)], { startedAt, routingVersion: 0 });

  it('is judged by stable’s requests from when its first flag was set', () => {
    const release = inStep(1, FLAGS, { firstRoutingVersion: null, stepRoutingVersion: null });
    const { rollout, step } = tally(release, [at(NOW - 1), at(NOW), at(NOW + 1)]);
    expect([rollout.requests, step.requests]).toEqual([2, 2]);
  });

  it('is judged by nothing before', () => {
    const release = inStep(0, FLAGS);
    expect(tally(release, [at(NOW - 1), at(NOW)]).rollout.requests).toBe(0);
  });

  it('is judged step by step from when the last flag was set', () => {
    const release = inStep(3, FLAGS);
    const second = { ...release, state: later(release.state, NOW + 10) };
    const { rollout, step } = tally(second, [at(NOW - 1), at(NOW), at(NOW + 9), at(NOW + 10)]);
    expect([rollout.requests, step.requests]).toEqual([3, 1]);
  });

  it('compares nothing: there is no version without the flag', () => {
    const { metrics } = tally(inStep(1, FLAGS), [at(NOW)]);
    expect(metrics['errors']?.stable).toEqual({ trials: 0, failures: 0 });
  });
});

describe('tallies of before', () => {
  const release = inStep(1);
  const counted = tally(release, [windowOf([canary(100, 2, 8), stable(1_000, 3)])]);
  const NOTHING = { trials: 0, failures: 0 };

  it('stay as they are while nothing changes', () => {
    expect(upToDate(counted, told(release, command('pause')))).toBe(counted);
  });

  it.each([
    ['a weight is dealt', { ...inStep(3), stepRoutingVersion: CURRENT + 1 }],
    ['a weight is decided, and not dealt yet', { ...inStep(2), stepRoutingVersion: null }],
    [
      'a flag has been set',
      inStep(2, {
        steps: [
          ...release.state.plan.steps.slice(0, 1),
          ...flagSteps(LOOK, ['bonus']),
          ...release.state.plan.steps.slice(2),
        ],
      }),
    ],
  ])('say nothing of the step once %s, and keep the rollout’s', (_, changed) => {
    const { rollout, step, metrics } = upToDate(counted, changed);
    expect(rollout).toEqual(counted.rollout);
    expect(step).toEqual({ requests: 0, errors: 0, launches: 0 });
    expect(metrics['errors']).toEqual({ ...counted.metrics['errors'], step: NOTHING });
  });

  it('say nothing at all after an incident, but for what the rollout has cost', () => {
    const { rollout, step, metrics } = upToDate(counted, told(release, judged('incident', 1)));
    expect(rollout).toEqual(counted.rollout);
    expect(step.requests).toBe(0);
    expect(metrics).toEqual({});
  });

  it('go on being added to after each of these', () => {
    for (const changed of [
      { ...release, stepRoutingVersion: CURRENT + 1 },
      told(release, judged('incident', 1)),
    ]) {
      const window = windowOf([canary(10), stable(20)], { routingVersion: CURRENT + 1 });
      const { rollout, step } = tally(changed, [window], upToDate(counted, changed));
      expect([rollout.requests, step.requests]).toEqual([110, 10]);
    }
  });

  it('survive being stored as JSON', () => {
    const stored = JSON.parse(JSON.stringify(counted)) as ReleaseTallies;
    const window = windowOf([canary(10, 1), stable(20)]);
    expect(tally(release, [window], stored)).toEqual(tally(release, [window], counted));
  });
});

describe('a release in traffic', () => {
  it('is in a step, paused or not', () => {
    const canaries = [inStep(0), inStep(1), told(inStep(1), command('pause'))];
    const others = [inPhase('queued'), inPhase('deploying'), told(inStep(1), command('abort'))];
    expect(canaries.map(({ state }) => isInTraffic(state))).toEqual([true, true, true]);
    expect(others.map(({ state }) => isInTraffic(state))).toEqual([false, false, false]);
  });
});
