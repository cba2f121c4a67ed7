import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { look, pauseFor, planWith, PREVIEW, weightOf } from '../test/release-plan';
import { command, confirmed, judged, TICK } from '../test/rollout-inputs';

describe('a pause step', () => {
  const timed = planWith({ steps: [weightOf(5), pauseFor(5_000), weightOf(100)] });
  const manual = planWith({ steps: [weightOf(5), pauseFor(null), weightOf(100)] });

  it('passes by itself once its time is over, and not before', () => {
    const release = ReleaseDriver.inStep(1, timed);
    expect(typesOf(release.pass(4_999).decide(TICK))).toEqual([]);
    const decision = release.pass(1).decide(TICK);
    expect(decision.events).toEqual([
      expect.objectContaining({
        type: 'step.passed',
        requests: null,
        elapsedMs: 5_000,
        explanation: 'the pause is over',
      }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 2 }),
    ]);
  });

  it('without a duration waits for somebody to approve', () => {
    const release = ReleaseDriver.inStep(1, manual).pass(1_000_000_000);
    expect(typesOf(release.decide(TICK))).toEqual([]);
    expect(release.decide(command('approve')).events).toEqual([
      expect.objectContaining({ type: 'step.approved', stepIndex: 1, actor: 'anna', reason: 'incident 42' }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 2 }),
    ]);
  });

  it('without a duration takes no word of who has ordered the release, nor of another digest', () => {
    const release = ReleaseDriver.inStep(1, { ...manual, orderedBy: 'anna' });
    expect(release.decide(command('approve')).refusal?.reason).toMatch('anna has ordered it');
    const other = command('approve', { actor: 'ben', digest: '0'.repeat(64) });
    expect(release.decide(other).refusal?.reason).toMatch('its digest is');
    expect(typesOf(release.decide(command('approve', { actor: 'ben' })))).toContain('step.approved');
  });

  it('without a duration is neither skipped nor promoted over, but overridden', () => {
    const release = ReleaseDriver.inStep(0, manual);
    for (const stepIndex of [0, 1]) {
      release.reach(stepIndex);
      expect(release.decide(command('promote')).refusal?.reason).toMatch('an approval is still to come');
    }
    expect(release.decide(command('skip')).refusal?.reason).toMatch('approve or override it');
    const other = command('override', { digest: '0'.repeat(64) });
    expect(release.decide(other).refusal?.reason).toMatch('its digest is');
    expect(release.decide(command('override')).events).toEqual([
      expect.objectContaining({ type: 'approval.overridden', stepIndex: 1, actor: 'anna', given: 0 }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 2 }),
    ]);
    expect(typesOf(release.decide(command('promote')))).toEqual(['rollout.promoted']);
  });

  it('with a duration needs nobody, so that there is nothing to override', () => {
    const release = ReleaseDriver.inStep(1, timed);
    expect(release.decide(command('override')).refusal?.reason).toMatch('its rollout waits for none');
  });

  it('with a duration can be approved before it is over', () => {
    expect(typesOf(ReleaseDriver.inStep(1, timed).decide(command('approve')))).toContain('step.approved');
  });

  it('rolls back when somebody rejects', () => {
    const release = ReleaseDriver.inStep(1, manual).send(command('reject', { reason: 'not today' }));
    expect(release.events.at(-1)).toMatchObject({
      type: 'rollout.rolled_back',
      cause: 'operator',
      actor: 'anna',
      reason: 'not today',
    });
    expect(release.effects.at(-1)).toMatchObject({ kind: 'set-weight', weights: { elsewhere: 0 } });
  });

  it.each(['healthy', 'undecided', 'no-telemetry'] as const)('is indifferent to %s', (verdict) => {
    const release = ReleaseDriver.inStep(1, manual).pass(1_000_000);
    expect(release.decide(judged(verdict, 1))).toEqual({ events: [], effects: [] });
  });

  it('is over for a breach', () => {
    expect(typesOf(ReleaseDriver.inStep(1, manual).decide(judged('breached', 1)))).toEqual([
      'rollout.rolled_back',
    ]);
  });

  it.each(['approve', 'reject'] as const)('is what there is to %s: no other step is', (name) => {
    const steps = [PREVIEW, weightOf(5), look(), weightOf(100)];
    for (const stepIndex of steps.keys())
      expect(ReleaseDriver.inStep(stepIndex, planWith({ steps })).decide(command(name)).refusal).toEqual({
        reason: `cannot ${name} 1.1.0: its rollout waits for no approval`,
      });
  });
});

describe('skipping a step', () => {
  it('begins the next one, with who said so and why', () => {
    const decision = ReleaseDriver.inStep(1).decide(command('skip'));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'step.skipped', stepIndex: 1, actor: 'anna', reason: 'incident 42' }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 2 }),
    ]);
    expect(kindsOf(decision)).toEqual(['set-weight']);
  });

  it('leaves a weight that is not confirmed as it was set', () => {
    const release = ReleaseDriver.inTraffic().send(command('skip'));
    expect(release.state.phase).toMatchObject({ stepIndex: 1, weights: { elsewhere: 5 } });
    expect(typesOf(release.decide(confirmed(0)))).toEqual([]);
  });

  it('promotes after the last one', () => {
    expect(typesOf(ReleaseDriver.inStep(5).decide(command('skip')))).toEqual([
      'step.skipped',
      'rollout.promoted',
    ]);
  });

  it.each(['skip', 'approve', 'reject'] as const)(
    'does not %s a step that the actor has not seen',
    (name) => {
      const steps = [pauseFor(60_000), pauseFor(60_000), weightOf(100)];
      const release = ReleaseDriver.inTraffic(planWith({ steps })).pass(60_000).send(TICK);
      for (const stepIndex of [0, null])
        expect(release.decide(command(name, { stepIndex })).refusal).toEqual({
          reason: `cannot ${name} 1.1.0: its rollout is in step 2`,
        });
      expect(typesOf(release.decide(command(name, { stepIndex: 1 })))).not.toEqual([]);
    },
  );
});

describe('a rollout that an operator has paused', () => {
  it('keeps the weight whatever the verdict and the time', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(command('pause')).pass(1_000_000);
    for (const input of [judged('healthy', 1), judged('undecided', 1), judged('no-telemetry', 1), TICK])
      expect(release.decide(input)).toEqual({ events: [], effects: [] });
  });

  it('takes the confirmation of a weight, and goes on from it when resumed', () => {
    const release = ReleaseDriver.inTraffic().send(command('pause'));
    expect(typesOf(release.decide(confirmed(0)))).toEqual(['weight.confirmed']);
    expect(release.state.phase).toMatchObject({
      kind: 'paused',
      resumeTo: { stepIndex: 0, passed: true, stepStartedAt: release.now },
    });
    expect(release.pass(500).decide(command('resume')).events).toEqual([
      expect.objectContaining({ type: 'rollout.resumed', actor: 'anna' }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 1, startedAt: release.now }),
    ]);
  });

  it('takes a passed preview, once, and goes on from it when resumed', () => {
    const plan = planWith({ steps: [PREVIEW, weightOf(100)] });
    const release = ReleaseDriver.inTraffic(plan).send(command('pause'));
    expect(typesOf(release.decide({ kind: 'previewPassed', checks: ['health'] }))).toEqual(['step.passed']);
    expect(typesOf(release.decide({ kind: 'previewPassed', checks: ['health'] }))).toEqual([]);
    expect(typesOf(release.decide(command('resume')))).toEqual(['rollout.resumed', 'rollout.step']);
  });

  it('takes no passed preview in a step that is none', () => {
    const release = ReleaseDriver.inTraffic().send(command('pause'));
    expect(typesOf(release.decide({ kind: 'previewPassed', checks: [] }))).toEqual([]);
  });

  it('resumes in the step it was in, with the whole deadline before it', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(command('pause')).pass(1_000_000);
    expect(typesOf(release.decide(command('resume')))).toEqual(['rollout.resumed']);
    expect(typesOf(release.pass(59_999).decide(TICK))).toEqual([]);
    expect(typesOf(release.decide(judged('healthy', 1)))).toEqual(['step.passed', 'rollout.step']);
  });

  it('lets a pause step begin anew', () => {
    const plan = planWith({ steps: [pauseFor(5_000), weightOf(100)] });
    const release = ReleaseDriver.inTraffic(plan).pass(4_000).send(command('pause'), command('resume'));
    expect(typesOf(release.pass(4_999).decide(TICK))).toEqual([]);
    expect(typesOf(release.pass(1).decide(TICK))).toContain('step.passed');
  });

  it.each(['skip', 'approve', 'reject'] as const)('has to be resumed to %s a step', (name) => {
    const release = ReleaseDriver.inTraffic(planWith({ steps: [pauseFor(null), weightOf(100)] }));
    expect(release.send(command('pause')).decide(command(name)).refusal).toEqual({
      reason: `cannot ${name} 1.1.0: its rollout is paused; resume it first`,
    });
  });

  it('is not paused twice, nor resumed while it goes on', () => {
    const release = ReleaseDriver.inTraffic();
    expect(release.decide(command('resume')).refusal?.reason).toBe(
      'cannot resume 1.1.0: its rollout is not paused',
    );
    release.send(command('pause'));
    expect(release.decide(command('pause')).refusal?.reason).toBe(
      'cannot pause 1.1.0: its rollout is paused already',
    );
  });
});
