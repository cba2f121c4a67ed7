import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { look, planWith, weightOf } from '../test/release-plan';
import { command, confirmed, judged, TICK } from '../test/rollout-inputs';

const RELEASE_ID = planWith().releaseId;

describe('a weight of a canary', () => {
  it('is confirmed by every live gateway before the version is judged at it', () => {
    const release = ReleaseDriver.inTraffic().pass(400);
    const decision = release.decide(confirmed(0));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'weight.confirmed', weightPercent: 5 }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 1, startedAt: release.now }),
    ]);
    expect(decision.effects).toEqual([]);
  });

  it('takes no confirmation of another step, nor a second one', () => {
    const release = ReleaseDriver.inTraffic();
    for (const other of [1, 2, null])
      expect(release.decide(confirmed(other))).toEqual({ events: [], effects: [] });
    release.send(confirmed(0));
    expect(release.decide(confirmed(0))).toEqual({ events: [], effects: [] });
  });

  it.each(['healthy', 'undecided', 'no-telemetry'] as const)('never passes on %s', (verdict) => {
    const release = ReleaseDriver.inTraffic().pass(30_000);
    expect(release.decide(judged(verdict, 0))).toEqual({ events: [], effects: [] });
  });

  it('is held once when no gateway confirms it in time, and still passes later', () => {
    const release = ReleaseDriver.inTraffic().pass(10_000);
    expect(release.decide(TICK).events).toEqual([
      expect.objectContaining({
        type: 'rollout.held',
        weightPercent: 5,
        explanation: 'not every live gateway has confirmed the weight',
      }),
    ]);
    expect(typesOf(release.pass(60_000).decide(TICK))).toEqual([]);
    expect(typesOf(release.decide(confirmed(0)))).toEqual(['weight.confirmed', 'rollout.step']);
  });
});

describe('an analysis of a canary', () => {
  it('passes on a healthy verdict once its duration and its sample are reached, and raises the weight', () => {
    const decision = ReleaseDriver.inSteadyTraffic().decide(judged('healthy', 1));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'step.passed', weightPercent: 5, requests: 1_000, elapsedMs: 1_000 }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 2, weightPercent: 50 }),
    ]);
    expect(decision.effects).toEqual([
      { kind: 'set-weight', key: `${RELEASE_ID}:set-weight:2`, weights: { elsewhere: 50, markets: {} } },
    ]);
  });

  it('does not pass before its minimum duration since it began', () => {
    const release = ReleaseDriver.inTraffic().pass(5_000).send(confirmed(0));
    expect(typesOf(release.pass(999).decide(judged('healthy', 1)))).toEqual([]);
    expect(typesOf(release.pass(1).decide(judged('healthy', 1)))).toContain('step.passed');
  });

  it('does not pass before its minimum sample', () => {
    const release = ReleaseDriver.inSteadyTraffic();
    expect(typesOf(release.decide(judged('healthy', 1, 99)))).toEqual([]);
    expect(typesOf(release.decide(judged('healthy', 1, 100)))).toContain('step.passed');
  });

  it('does not pass on the verdict of another step', () => {
    const release = ReleaseDriver.inStep(3).pass(1_000);
    for (const other of [0, 1, 2, 4, 5])
      expect(typesOf(release.decide(judged('healthy', other)))).toEqual([]);
    expect(typesOf(release.decide(judged('healthy', 3)))).toContain('step.passed');
  });

  it.each(['undecided', 'no-telemetry'] as const)(
    'never passes on %s, and is held once at its deadline',
    (verdict) => {
      const release = ReleaseDriver.inStep(1).pass(59_999);
      expect(typesOf(release.decide(judged(verdict, 1)))).toEqual([]);
      const decision = release.pass(1).decide(judged(verdict, 1));
      expect(decision.events).toEqual([
        expect.objectContaining({ type: 'rollout.held', weightPercent: 5, explanation: `it is ${verdict}` }),
      ]);
      expect(decision.effects).toEqual([]);
      expect(typesOf(release.pass(60_000).decide(judged(verdict, 1)))).toEqual([]);
      expect(typesOf(release.decide(TICK))).toEqual([]);
    },
  );

  it('is held at its deadline with what a healthy verdict still lacks', () => {
    const release = ReleaseDriver.inStep(1).pass(60_000);
    expect(release.decide(judged('healthy', 1, 99)).events).toEqual([
      expect.objectContaining({
        type: 'rollout.held',
        explanation: 'healthy, but only 99 of 100 requests are in',
      }),
    ]);
  });

  it('is held by a tick when nobody judges it', () => {
    expect(ReleaseDriver.inStep(1).pass(60_000).decide(TICK).events).toEqual([
      expect.objectContaining({ type: 'rollout.held', explanation: 'there is no verdict on the step' }),
    ]);
  });

  it('that was held still passes when the evidence comes', () => {
    const release = ReleaseDriver.inStep(1).pass(60_000).send(TICK);
    expect(typesOf(release.decide(judged('healthy', 1)))).toEqual(['step.passed', 'rollout.step']);
  });

  it('follows another one at the same weight, when the plan asks for two', () => {
    const steps = [weightOf(100), look(), look({ minRequests: 5_000 })];
    const release = ReleaseDriver.inStep(2, planWith({ steps })).pass(1_000);
    expect(typesOf(release.decide(judged('healthy', 2, 4_999)))).toEqual([]);
    expect(typesOf(release.decide(judged('healthy', 2, 5_000)))).toEqual(['step.passed', 'rollout.promoted']);
  });
});

describe('the promotion of a canary', () => {
  it('follows the healthy last analysis', () => {
    const release = ReleaseDriver.inTraffic().finish();
    expect(release.events.at(-1)).toMatchObject({
      type: 'rollout.promoted',
      previousVersion: '1.0.0',
      cause: 'steps-passed',
      actor: null,
    });
    expect(release.effectKinds.slice(-4)).toEqual([
      'set-weight',
      'set-weight',
      'set-weight',
      'promote-traffic',
    ]);
  });

  it('follows an operator’s command from any step, paused or not, with the reason kept', () => {
    for (const stepIndex of [0, 1, 4]) {
      for (const release of [
        ReleaseDriver.inStep(stepIndex),
        ReleaseDriver.inStep(stepIndex).send(command('pause')),
      ]) {
        const decision = release.decide(command('promote'));
        expect(decision.events).toEqual([
          expect.objectContaining({
            type: 'rollout.promoted',
            cause: 'operator',
            actor: 'anna',
            reason: 'incident 42',
          }),
        ]);
        expect(decision.effects).toEqual([{ kind: 'promote-traffic', key: `${RELEASE_ID}:promote-traffic` }]);
      }
    }
  });
});

describe('a release all at once', () => {
  it('is staged and tested, gets all traffic in one step, and is promoted once that is confirmed', () => {
    const plan = planWith({ strategy: 'all-at-once', steps: [weightOf(100)] });
    const release = ReleaseDriver.inTraffic(plan);
    expect(release.eventTypes).toContain('tests.passed');
    const decision = release.decide(confirmed(0));
    expect(typesOf(decision)).toEqual(['weight.confirmed', 'rollout.promoted']);
    expect(kindsOf(decision)).toEqual(['promote-traffic']);
  });
});
