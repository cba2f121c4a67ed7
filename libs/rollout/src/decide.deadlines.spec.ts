import { ReleaseDriver, typesOf } from '../test/release-driver';
import { flagOn, look, pauseFor, planWith, PREVIEW, weightOf } from '../test/release-plan';
import { command, confirmed, judged, TICK } from '../test/rollout-inputs';
import { wakeAt } from './standing';

const IN_TIME = planWith({
  steps: [PREVIEW, flagOn('bonus'), weightOf(50), look(), weightOf(100)],
  progressDeadlineMs: 20_000,
});

describe('a progress deadline', () => {
  it.each([
    [0, 'step 1 has not passed in its time: the checks without traffic have not ended'],
    [1, 'step 2 has not passed in its time: the flag bonus is not known to be set'],
    [2, 'step 3 has not passed in its time: not every live gateway has confirmed the weight'],
    [3, 'step 4 has not passed in its time: there is no verdict on the step'],
  ])('rolls back step %i when it does not pass in its time', (stepIndex, reason) => {
    const release = ReleaseDriver.inStep(stepIndex, IN_TIME);
    expect(typesOf(release.pass(19_999).decide(TICK))).not.toContain('rollout.rolled_back');
    expect(release.pass(1).decide(TICK).events).toEqual([
      expect.objectContaining({ type: 'rollout.rolled_back', cause: 'deadline', reason, actor: null }),
    ]);
    expect(release.effects.at(-1)).toMatchObject({ kind: 'set-weight', weights: { elsewhere: 0 } });
  });

  it('holds first where the step has an earlier deadline of its own', () => {
    const release = ReleaseDriver.inStep(2, IN_TIME);
    expect(wakeAt(release.state)).toBe(release.now + 10_000);
    expect(typesOf(release.pass(10_000).decide(TICK))).toEqual(['rollout.held']);
    expect(wakeAt(release.state)).toBe(release.now + 10_000);
    expect(typesOf(release.pass(10_000).decide(TICK))).toEqual(['rollout.rolled_back']);
  });

  it('begins anew with every step', () => {
    const release = ReleaseDriver.inStep(2, IN_TIME).pass(19_999).send(confirmed(2)).pass(19_999);
    expect(typesOf(release.decide(TICK))).toEqual([]);
  });

  it('begins anew when the rollout is resumed, and does not run while it is paused', () => {
    const release = ReleaseDriver.inStep(2, IN_TIME).pass(19_999).send(command('pause')).pass(1_000_000);
    expect(typesOf(release.decide(TICK))).toEqual([]);
    release.send(command('resume')).pass(19_999);
    expect(typesOf(release.decide(TICK))).toEqual(['rollout.held']);
    expect(typesOf(release.pass(1).decide(TICK))).toEqual(['rollout.rolled_back']);
  });

  it('gives a pause all the time it needs', () => {
    const steps = [pauseFor(null), weightOf(100)];
    const release = ReleaseDriver.inTraffic(planWith({ steps, progressDeadlineMs: 1 }));
    expect(typesOf(release.pass(1_000_000).decide(TICK))).toEqual([]);
  });
});

describe('an analysis whose deadline means a rollback', () => {
  const steps = [weightOf(5), look({ onDeadline: 'roll-back' }), weightOf(100)];
  const strict = planWith({ steps });

  it('is rolled back, not held, by a tick at its deadline', () => {
    const release = ReleaseDriver.inStep(1, strict).pass(60_000);
    expect(release.decide(TICK).events).toEqual([
      expect.objectContaining({ type: 'rollout.rolled_back', cause: 'deadline' }),
    ]);
  });

  it.each([
    ['undecided', 1_000, 'it is undecided'],
    ['healthy', 99, 'healthy, but only 99 of 100 requests are in'],
  ] as const)('is rolled back, not held, by %s at its deadline', (verdict, requests, lack) => {
    const release = ReleaseDriver.inStep(1, strict).pass(60_000);
    expect(release.decide(judged(verdict, 1, requests)).events).toEqual([
      expect.objectContaining({
        type: 'rollout.rolled_back',
        cause: 'deadline',
        reason: `step 2 has not passed in its time: ${lack}`,
      }),
    ]);
  });

  it('still passes on evidence that comes with its deadline', () => {
    const release = ReleaseDriver.inStep(1, strict).pass(60_000);
    expect(typesOf(release.decide(judged('healthy', 1)))).toEqual(['step.passed', 'rollout.step']);
  });

  it('is rolled back at the progress deadline, when that comes first', () => {
    const release = ReleaseDriver.inStep(1, planWith({ steps, progressDeadlineMs: 20_000 })).pass(20_000);
    expect(typesOf(release.decide(TICK))).toEqual(['rollout.rolled_back']);
  });
});
