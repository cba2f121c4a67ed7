import {
  advanceRelative,
  judge,
  marginOf,
  NOT_COMPARED,
  type MetricTallies,
  type RelativeState,
} from '@croupier/analysis';
import { AT_HALF, AT_LIMIT, CLEAN, constant, incident, TRICKLE } from '../scenarios';
import { Trace, type Counts } from '../trace';
import { WINDOWS_PER_MINUTE, type FailureRates, type Traffic } from '../traffic';
import { breachBoundary, croupier, POLICY } from './croupier';

/** The first window after which `judge`, asked about all of them, calls the canary breached. */
function firstBreach(trace: Trace, mostWindows: number): number | null {
  const states = new Map<string, RelativeState>(POLICY.metrics.map(({ name }) => [name, NOT_COMPARED]));
  for (let window = 1; window <= mostWindows; window += 1) {
    const tallies = POLICY.metrics.map((rule): [string, MetricTallies] => {
      const of = (counts: Counts) => ({
        trials: counts.requests,
        failures: counts[rule.name as keyof FailureRates],
      });
      const block = {
        canary: of(trace.canary(window - 1, window)),
        stable: of(trace.stable(window - 1, window)),
      };
      const relative = advanceRelative(states.get(rule.name)!, block, { margin: marginOf(rule) });
      states.set(rule.name, relative);
      const rollout = of(trace.canary(0, window));
      return [rule.name, { rollout, step: rollout, stable: of(trace.stable(0, window)), relative }];
    });
    if (judge(POLICY, new Map(tallies)).kind === 'breached') return window;
  }
  return null;
}

describe("the bench of the platform's judge", () => {
  it.each<[string, Traffic]>([
    ['broken', constant(20, { errors: 0.1, slow: 0 }, CLEAN)],
    ['slow', constant(2, { errors: 0, slow: 0.2 }, CLEAN)],
    ['worse than stable', constant(20, { errors: 0.02, slow: 0 }, CLEAN)],
    ['at the limit', constant(20, AT_LIMIT, AT_HALF)],
    ['in an incident', incident(20, 0.5)],
  ])('rolls back in the very window in which the judge would: %s', (_name, traffic) => {
    const most = 1.5 * WINDOWS_PER_MINUTE;
    for (let seed = 0; seed < 3; seed += 1) {
      const { kind, window } = croupier.decide(new Trace(traffic, seed), most);
      const expected = firstBreach(new Trace(traffic, seed), most);
      expect(kind === 'rolled-back' ? window : null).toBe(expected);
    }
  });

  it('promotes a good canary, and not before five steps of a minute', () => {
    const { kind, window } = croupier.decide(new Trace(constant(20, CLEAN, CLEAN), 1));
    expect(kind).toBe('promoted');
    expect(window).toBeGreaterThanOrEqual(5 * WINDOWS_PER_MINUTE);
  });

  it('decides nothing about a canary that nobody plays', () => {
    expect(croupier.decide(new Trace(TRICKLE, 1), 10 * WINDOWS_PER_MINUTE).kind).toBe('undecided');
  });

  it('tells of an incident instead of rolling back', () => {
    const decision = croupier.decide(new Trace(incident(20, 0.05), 1), 3 * WINDOWS_PER_MINUTE);
    expect(decision.kind).not.toBe('rolled-back');
    expect(decision.incidentAt).toBeGreaterThan(WINDOWS_PER_MINUTE);
  });

  it('reads its boundary off the judge', () => {
    const fewest = breachBoundary('errors').at(812);
    const kindAt = (failures: number): string => {
      const rollout = { trials: 812, failures };
      return judge(POLICY, { errors: { rollout, step: rollout } }).kind;
    };
    expect(kindAt(fewest)).toBe('breached');
    expect(kindAt(fewest - 1)).not.toBe('breached');
  });
});
