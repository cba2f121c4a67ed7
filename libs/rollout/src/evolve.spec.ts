import { planWith, ReleaseDriver } from '../test/release-driver';
import { eventBase } from './events/event-base';
import { evolve, replay } from './evolve';
import { HistoryFault } from './history-fault';

describe('folding a history', () => {
  it('gives nothing from nothing', () => {
    expect(replay([])).toBeUndefined();
  });

  it('refuses a history that does not begin in the queue', () => {
    const step = ReleaseDriver.inTraffic().events.slice(1);
    expect(() => replay(step)).toThrow(HistoryFault);
  });

  it.each([
    { ...eventBase('weight.confirmed', planWith(), 0), weightPercent: 5 },
    { ...eventBase('rollout.paused', planWith(), 0), weightPercent: 5, reason: '', actor: '' },
    {
      ...eventBase('rollout.resumed', planWith(), 0),
      weightPercent: 5,
      reason: '',
      actor: '',
      deadlineAt: 0,
    },
    { ...eventBase('workload.retiring', planWith(), 0), workloadVersion: '1.0.0' },
    { ...eventBase('workload.retired', planWith(), 0), workloadVersion: '1.0.0' },
  ])('refuses $type in a release that is still queued', (event) => {
    expect(() => evolve(new ReleaseDriver().state, event)).toThrow(
      `${event.type} cannot follow in phase queued`,
    );
  });
});
