import { ReleaseDriver } from '../test/release-driver';
import { planWith } from '../test/release-plan';
import { freeze, WEEKEND } from '../test/rollout-inputs';
import type { RolloutEvent } from './event';
import { eventBase } from './events/event-base';
import { evolve, replay } from './evolve';
import { HistoryFault } from './history-fault';

const PLAN = planWith();
const BY_ANNA = { actor: 'anna', reason: 'incident 42' };
const AT_FIRST = { stepIndex: 0, stepCount: 6, weightPercent: 5 };
const FOUND = { evidence: [], explanation: '', requests: null };

const IMPOSSIBLE_IN_THE_QUEUE: RolloutEvent[] = [
  { ...eventBase('release.approved', PLAN, 0), ...BY_ANNA, digest: PLAN.digest, given: 1, required: 2 },
  { ...eventBase('weight.confirmed', PLAN, 0), weightPercent: 5 },
  { ...eventBase('flag.set', PLAN, 0), flag: 'bonus', enabled: true },
  { ...eventBase('step.passed', PLAN, 0), ...AT_FIRST, ...FOUND, elapsedMs: 0 },
  { ...eventBase('step.skipped', PLAN, 0), ...AT_FIRST, ...BY_ANNA },
  { ...eventBase('step.approved', PLAN, 0), ...AT_FIRST, ...BY_ANNA },
  { ...eventBase('rollout.held', PLAN, 0), ...FOUND, stepIndex: 0, weightPercent: 5 },
  { ...eventBase('rollout.incident', PLAN, 0), weightPercent: 5, evidence: [], explanation: '' },
  { ...eventBase('rollout.waiting', PLAN, 0), freeze: WEEKEND },
  { ...eventBase('rollout.paused', PLAN, 0), ...BY_ANNA, weightPercent: 5 },
  { ...eventBase('rollout.resumed', PLAN, 0), ...BY_ANNA, weightPercent: 5, deadlineAt: 0, rollBackAt: null },
  { ...eventBase('workload.retiring', PLAN, 0), workloadVersion: '1.0.0' },
  { ...eventBase('workload.retired', PLAN, 0), workloadVersion: '1.0.0', kept: false },
];

describe('folding a history', () => {
  it('gives nothing from nothing', () => {
    expect(replay([])).toBeUndefined();
  });

  it('refuses a history that does not begin in the queue', () => {
    const beheaded = ReleaseDriver.inTraffic().events.slice(1);
    expect(() => replay(beheaded)).toThrow(HistoryFault);
  });

  it.each(IMPOSSIBLE_IN_THE_QUEUE)('refuses $type in a release that is still queued', (event) => {
    expect(() => evolve(new ReleaseDriver().state, event)).toThrow(
      `${event.type} cannot follow in phase queued`,
    );
  });

  it('refuses to wait in the queue for what is required once the release has started', () => {
    const event = { ...eventBase('release.waiting', PLAN, 0), waitsFor: 'acme/wallet' };
    expect(() => evolve(ReleaseDriver.inTraffic().state, event)).toThrow(
      'release.waiting cannot follow in phase progressing',
    );
  });

  it('refuses a step that waits for a freeze although it has not passed', () => {
    const event = { ...eventBase('rollout.waiting', PLAN, 0), freeze: WEEKEND };
    expect(() => evolve(ReleaseDriver.inTraffic().state, event)).toThrow(HistoryFault);
  });

  it('keeps the freeze through the phases that it holds in', () => {
    const release = new ReleaseDriver().send(freeze());
    expect(release.state.freeze).toEqual(WEEKEND);
    expect(replay(release.events)).toEqual(release.state);
  });
});
