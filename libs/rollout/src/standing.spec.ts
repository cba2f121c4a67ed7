import { command, judged, planWith, ReleaseDriver, TO_TRAFFIC } from '../test/release-driver';
import { currentWeight, isActive, statusOf, wakeAt } from './standing';

const DEADLINE_MS = planWith().effectDeadlineMs;
const START = 1_000_000;

describe('where a release stands', () => {
  it.each<[string, () => ReleaseDriver, boolean, number, number | null]>([
    ['queued', () => new ReleaseDriver(), false, 0, null],
    ['staging', () => new ReleaseDriver().send(...TO_TRAFFIC.slice(0, 1)), true, 0, START + DEADLINE_MS],
    ['testing', () => new ReleaseDriver().send(...TO_TRAFFIC.slice(0, 2)), true, 0, START + DEADLINE_MS],
    ['migrating', () => new ReleaseDriver().send(...TO_TRAFFIC.slice(0, 3)), true, 0, START + DEADLINE_MS],
    ['deploying', () => new ReleaseDriver().send(...TO_TRAFFIC.slice(0, 4)), true, 0, START + DEADLINE_MS],
    ['progressing', () => ReleaseDriver.inTraffic(), true, 5, START + 60_000],
    ['paused', () => ReleaseDriver.inTraffic().send(command('pause')), true, 5, null],
    ['promoted', () => ReleaseDriver.inTraffic().send(command('promote')), false, 100, START + 30_000],
    ['rolled-back', () => ReleaseDriver.inTraffic().send(command('abort')), false, 0, START + 30_000],
    ['failed', () => new ReleaseDriver().send(command('abort')), false, 0, null],
  ])('is told of a release that is %s', (status, reach, active, weight, wake) => {
    const { state } = reach();
    expect(statusOf(state)).toBe(status);
    expect(isActive(state)).toBe(active);
    expect(currentWeight(state)).toBe(weight);
    expect(wakeAt(state)).toBe(wake);
  });

  it('needs no tick for a step that is held already', () => {
    const release = ReleaseDriver.inTraffic().pass(60_000).send({ kind: 'tick' });
    expect(wakeAt(release.state)).toBeNull();
  });

  it('needs no tick once the retirement is asked for', () => {
    const release = ReleaseDriver.inTraffic().send(judged('breached', 0)).pass(30_000).send({ kind: 'tick' });
    expect(wakeAt(release.state)).toBeNull();
  });
});
