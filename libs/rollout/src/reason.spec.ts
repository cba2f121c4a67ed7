import { ReleaseDriver } from '../test/release-driver';
import { confirmed, judged, TICK } from '../test/rollout-inputs';
import { reasonOf } from './reason';

describe('the reason of a release', () => {
  it('is the last of what happened while it goes on', () => {
    const release = ReleaseDriver.inTraffic();
    const { events } = release.decide(confirmed(0));
    release.send(confirmed(0));
    expect(reasonOf(release.state, events)).toBe('Step 2 of 6: 1.1.0 is judged at 5 %.');
  });

  it('stays that of its end through the confirmation and the drain', () => {
    const release = ReleaseDriver.inSteadyTraffic();
    const ending = release.decide(judged('breached', 1)).events;
    release.send(judged('breached', 1));
    expect(reasonOf(release.state, ending)).toMatch(/^1\.1\.0 is rolled back/);
    for (const input of [confirmed(null), TICK, { kind: 'retired', version: '1.1.0' } as const]) {
      const { events } = release.pass(30_000).decide(input);
      expect(events).toHaveLength(1);
      release.send(input);
      expect(reasonOf(release.state, events)).toBeNull();
    }
  });

  it('is as before when nothing has happened', () => {
    expect(reasonOf(ReleaseDriver.inTraffic().state, [])).toBeNull();
  });
});
