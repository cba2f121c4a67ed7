import { ReleaseDriver } from '../test/release-driver';
import { flagOn, look, pauseFor, planWith, PREVIEW, weightOf } from '../test/release-plan';
import { command, confirmed, freeze, judged, TICK } from '../test/rollout-inputs';
import { currentStep, currentWeight, isActive, isEnded, statusOf, wakeAt } from './standing';

const DEADLINE_MS = planWith().effectDeadlineMs;
const START = 1_000_000;
const APPROVED = planWith({ approvalsRequired: 1 });

const ended = (by: 'promote' | 'abort') => ReleaseDriver.inTraffic().send(command(by), confirmed(null));

describe('where a release stands', () => {
  it.each<[string, () => ReleaseDriver, boolean, number, number | null]>([
    ['queued', () => new ReleaseDriver(), false, 0, null],
    ['staging', () => ReleaseDriver.in('staging'), true, 0, START + DEADLINE_MS],
    ['testing', () => ReleaseDriver.in('testing'), true, 0, START + DEADLINE_MS],
    ['awaiting-approval', () => ReleaseDriver.in('awaiting-approval', APPROVED), true, 0, null],
    ['migrating', () => ReleaseDriver.in('migrating'), true, 0, START + DEADLINE_MS],
    ['deploying', () => ReleaseDriver.in('deploying'), true, 0, START + DEADLINE_MS],
    ['progressing', () => ReleaseDriver.inTraffic(), true, 5, START + DEADLINE_MS],
    ['paused', () => ReleaseDriver.inTraffic().send(command('pause')), true, 5, null],
    ['promoted', () => ended('promote'), false, 100, START + 30_000],
    ['rolled-back', () => ended('abort'), false, 0, START + 30_000],
    ['failed', () => new ReleaseDriver().send(command('abort')), false, 0, null],
  ])('is told of a release that is %s', (status, reach, active, weight, wake) => {
    const { state } = reach();
    expect(statusOf(state)).toBe(status);
    expect(isActive(state)).toBe(active);
    expect(isEnded(state)).toBe(!active && status !== 'queued');
    expect(currentWeight(state)).toBe(weight);
    expect(wakeAt(state)).toBe(wake);
  });

  it('is the same step in a pause, and none before or after traffic', () => {
    expect(currentStep(ReleaseDriver.inStep(1).state)?.stepIndex).toBe(1);
    expect(currentStep(ReleaseDriver.inStep(1).send(command('pause')).state)?.stepIndex).toBe(1);
    expect(currentStep(ReleaseDriver.in('deploying').state)).toBeNull();
    expect(currentStep(ReleaseDriver.inTraffic().finish().state)).toBeNull();
  });
});

describe('when a tick is next of use', () => {
  const steps = [PREVIEW, flagOn('bonus'), pauseFor(2_000), pauseFor(null), weightOf(100), look()];

  it.each([
    [0, DEADLINE_MS],
    [1, DEADLINE_MS],
    [2, 2_000],
    [3, null],
    [4, DEADLINE_MS],
    [5, 60_000],
  ])('depends on the kind of step: step %i', (stepIndex, afterMs) => {
    const release = ReleaseDriver.inStep(stepIndex, planWith({ steps }));
    expect(wakeAt(release.state)).toBe(afterMs === null ? null : release.now + afterMs);
  });

  it('is never for a step that is held already, nor for one that waits for the end of a freeze', () => {
    expect(wakeAt(ReleaseDriver.inTraffic().pass(60_000).send(TICK).state)).toBeNull();
    const frozen = ReleaseDriver.inSteadyTraffic().send(freeze(), judged('healthy', 1));
    expect(wakeAt(frozen.state)).toBeNull();
  });

  it('is never once the retirement is asked for', () => {
    const release = ReleaseDriver.inTraffic().send(judged('breached', 0)).pass(30_000).send(TICK);
    expect(wakeAt(release.state)).toBeNull();
  });

  it('is never for a weight that was confirmed during a pause', () => {
    const release = ReleaseDriver.inTraffic().send(command('pause'), confirmed(0));
    expect(wakeAt(release.state)).toBeNull();
  });
});
