import { command, judged, planWith, ReleaseDriver, TO_TRAFFIC, typesOf } from '../test/release-driver';
import type { RolloutInput } from './input';

const RELEASE_ID = planWith().releaseId;
const TICK: RolloutInput = { kind: 'tick' };

describe('before production traffic', () => {
  it('deploys on staging, tests, migrates and deploys in production, each after the one before', () => {
    const release = new ReleaseDriver();
    const effects = TO_TRAFFIC.map((input) => release.decide(input).effects.map((effect) => effect.kind));
    expect(effects).toEqual([
      ['deploy-staging'],
      ['run-tests'],
      ['stop-staging', 'request-migration'],
      ['deploy-production'],
      ['set-weight'],
    ]);
    expect(release.eventTypes).toEqual([
      'release.queued',
      'release.started',
      'staging.deployed',
      'tests.passed',
      'release.staged',
      'migration.applied',
      'workload.ready',
      'rollout.started',
      'rollout.step',
    ]);
    expect(release.state.endpoint).toBe('http://127.0.0.1:5000');
  });

  it('takes what is stable from the start, not from the queue', () => {
    const release = new ReleaseDriver(planWith({ stableVersion: '0.9.0' }));
    release.send({ kind: 'start', stableVersion: '1.0.0' });
    expect(release.state.plan.stableVersion).toBe('1.0.0');
  });

  it('gives every effect a key of the release that no other effect has', () => {
    const { effects } = ReleaseDriver.inTraffic().send(command('abort'));
    expect(effects.map((effect) => effect.key)).toEqual([
      `${RELEASE_ID}:deploy-staging`,
      `${RELEASE_ID}:run-tests`,
      `${RELEASE_ID}:stop-staging`,
      `${RELEASE_ID}:request-migration`,
      `${RELEASE_ID}:deploy-production`,
      `${RELEASE_ID}:set-weight:5`,
      `${RELEASE_ID}:set-weight:0`,
    ]);
  });

  it('promotes a first version at once, having nothing to compare it with or to retire', () => {
    const release = new ReleaseDriver(planWith({ stableVersion: null }));
    release.send({ kind: 'start', stableVersion: null }, ...TO_TRAFFIC.slice(1));
    expect(release.eventTypes.slice(-3)).toEqual(['workload.ready', 'rollout.started', 'rollout.promoted']);
    expect(release.effectKinds.slice(-1)).toEqual(['promote-traffic']);
    expect(release.state.phase).toMatchObject({ kind: 'promoted', retired: true });
    expect(release.pass(1_000_000).decide(TICK)).toEqual({ events: [], effects: [] });
  });

  it('fails the release of the version that is stable already', () => {
    const release = new ReleaseDriver().send({ kind: 'start', stableVersion: '1.1.0' });
    expect(release.state.phase).toEqual({ kind: 'failed', reason: '1.1.0 is the stable version already' });
    expect(release.effects).toEqual([]);
  });

  it.each<[string, number, RolloutInput, string, string[]]>([
    [
      'staging',
      1,
      { kind: 'stagingFailed', reason: 'port' },
      'the staging deployment failed: port',
      ['stop-staging'],
    ],
    [
      'testing',
      2,
      { kind: 'testsFailed', reason: 'spin' },
      'the staging tests failed: spin',
      ['stop-staging'],
    ],
    ['migrating', 3, { kind: 'migrationFailed', reason: 'lock' }, 'the migration failed: lock', []],
    [
      'deploying',
      4,
      { kind: 'workloadFailed', reason: 'exit 1' },
      'the workload failed: exit 1',
      ['retire-workload'],
    ],
  ])(
    'fails with the reason when %s fails, and clears away after it',
    (kind, inputs, failure, reason, cleanup) => {
      const release = new ReleaseDriver().send(...TO_TRAFFIC.slice(0, inputs));
      expect(release.state.phase.kind).toBe(kind);
      const decision = release.decide(failure);
      expect(release.state.phase).toEqual({ kind: 'failed', reason });
      expect(decision.effects.map((effect) => effect.kind)).toEqual(cleanup);
    },
  );

  it.each([
    ['staging', 1, ['stop-staging']],
    ['testing', 2, ['stop-staging']],
    ['migrating', 3, []],
    ['deploying', 4, ['retire-workload']],
  ])('fails when %s does not end by its deadline, and not before', (kind, inputs, cleanup) => {
    const release = new ReleaseDriver().send(...TO_TRAFFIC.slice(0, inputs));
    expect(typesOf(release.pass(9_999).decide(TICK))).toEqual([]);
    const decision = release.pass(1).decide(TICK);
    expect(release.state.phase).toEqual({ kind: 'failed', reason: `${kind} did not end within 10 s` });
    expect(decision.effects.map((effect) => effect.kind)).toEqual(cleanup);
  });

  it.each([0, 1, 2, 3, 4])('fails, not rolls back, when aborted after %i inputs', (inputs) => {
    const release = new ReleaseDriver().send(...TO_TRAFFIC.slice(0, inputs));
    expect(typesOf(release.decide(command('abort')))).toEqual(['release.failed']);
    expect(release.events.at(-1)).toMatchObject({ actor: 'anna', reason: 'incident 42' });
  });

  it.each(['pause', 'resume', 'promote'] as const)('refuses to %s a release without traffic', (name) => {
    const decision = new ReleaseDriver().decide(command(name));
    const reason = `cannot ${name} 1.1.0: it has no production traffic yet`;
    expect(decision).toEqual({ events: [], effects: [], refusal: { reason } });
  });
});

describe('a step', () => {
  it('passes on a healthy verdict once its duration and its sample are reached', () => {
    const release = ReleaseDriver.inSteadyTraffic();
    const decision = release.decide(judged('healthy', 0));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'step.passed', weightPercent: 5, requests: 1_000, elapsedMs: 1_000 }),
      expect.objectContaining({ type: 'rollout.step', stepIndex: 1, weightPercent: 50 }),
    ]);
    expect(decision.effects).toEqual([expect.objectContaining({ kind: 'set-weight', weightPercent: 50 })]);
  });

  it('does not pass before every live gateway has confirmed its weight', () => {
    const release = ReleaseDriver.inTraffic().pass(30_000);
    expect(typesOf(release.decide(judged('healthy', 0)))).toEqual([]);
  });

  it('takes no confirmation of another weight', () => {
    const release = ReleaseDriver.inTraffic();
    expect(typesOf(release.decide({ kind: 'weightConfirmed', weightPercent: 50 }))).toEqual([]);
  });

  it('does not pass before its minimum duration since the confirmation', () => {
    const release = ReleaseDriver.inTraffic().pass(5_000).send({ kind: 'weightConfirmed', weightPercent: 5 });
    expect(typesOf(release.pass(999).decide(judged('healthy', 0)))).toEqual([]);
    expect(typesOf(release.pass(1).decide(judged('healthy', 0)))).toContain('step.passed');
  });

  it('does not pass before its minimum sample', () => {
    const release = ReleaseDriver.inSteadyTraffic();
    expect(typesOf(release.decide(judged('healthy', 0, 99)))).toEqual([]);
    expect(typesOf(release.decide(judged('healthy', 0, 100)))).toContain('step.passed');
  });

  it('does not pass on the verdict of another step', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('healthy', 0));
    release.send({ kind: 'weightConfirmed', weightPercent: 50 }).pass(1_000);
    expect(typesOf(release.decide(judged('healthy', 0)))).toEqual([]);
    expect(typesOf(release.decide(judged('healthy', 1)))).toContain('step.passed');
  });

  it.each(['undecided', 'no-telemetry'] as const)(
    'never passes on %s, and is held once at its deadline',
    (verdict) => {
      const release = ReleaseDriver.inSteadyTraffic().pass(58_999);
      expect(typesOf(release.decide(judged(verdict, 0)))).toEqual([]);
      const decision = release.pass(1).decide(judged(verdict, 0));
      expect(decision.events).toEqual([
        expect.objectContaining({ type: 'rollout.held', weightPercent: 5, explanation: `it is ${verdict}` }),
      ]);
      expect(decision.effects).toEqual([]);
      expect(typesOf(release.pass(60_000).decide(judged(verdict, 0)))).toEqual([]);
      expect(typesOf(release.decide(TICK))).toEqual([]);
    },
  );

  it('is held at its deadline with what a healthy verdict still lacks', () => {
    const release = ReleaseDriver.inSteadyTraffic().pass(60_000);
    expect(release.decide(judged('healthy', 0, 99)).events).toEqual([
      expect.objectContaining({
        type: 'rollout.held',
        explanation: 'healthy, but only 99 of 100 requests are in',
      }),
    ]);
  });

  it('is held by a tick when nobody judges it, or no gateway confirms it', () => {
    expect(ReleaseDriver.inSteadyTraffic().pass(60_000).decide(TICK).events).toEqual([
      expect.objectContaining({ type: 'rollout.held', explanation: 'there is no verdict on the step' }),
    ]);
    expect(ReleaseDriver.inTraffic().pass(60_000).decide(TICK).events).toEqual([
      expect.objectContaining({
        type: 'rollout.held',
        explanation: 'not every live gateway has confirmed the weight',
      }),
    ]);
  });

  it('that was held still passes when the evidence comes', () => {
    const release = ReleaseDriver.inSteadyTraffic().pass(60_000).send(TICK);
    expect(typesOf(release.decide(judged('healthy', 0)))).toEqual(['step.passed', 'rollout.step']);
  });
});

describe('promotion', () => {
  function promoted(): ReleaseDriver {
    const release = ReleaseDriver.inTraffic();
    for (const [index, weightPercent] of [5, 50, 100].entries())
      release.send({ kind: 'weightConfirmed', weightPercent }).pass(1_000).send(judged('healthy', index));
    return release;
  }

  it('follows the healthy last step', () => {
    const release = promoted();
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
    for (const release of [ReleaseDriver.inTraffic(), ReleaseDriver.inTraffic().send(command('pause'))]) {
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
  });

  it('retires the old version once its sessions have had their time, and once only', () => {
    const release = promoted();
    expect(typesOf(release.pass(29_999).decide(TICK))).toEqual([]);
    expect(release.pass(1).decide(TICK).effects).toEqual([
      { kind: 'retire-workload', key: `${RELEASE_ID}:retire-workload:1.0.0`, version: '1.0.0' },
    ]);
    expect(release.decide(TICK)).toEqual({ events: [], effects: [] });
    expect(typesOf(release.decide({ kind: 'retired', version: '1.1.0' }))).toEqual([]);
    expect(typesOf(release.decide({ kind: 'retired', version: '1.0.0' }))).toEqual(['workload.retired']);
    expect(release.state.phase).toMatchObject({ kind: 'promoted', retired: true });
  });

  it('takes no news of a retirement that it has not asked for', () => {
    expect(typesOf(promoted().decide({ kind: 'retired', version: '1.0.0' }))).toEqual([]);
  });
});

describe('rollback', () => {
  const inPhase: [string, () => ReleaseDriver][] = [
    ['an unconfirmed step', () => ReleaseDriver.inTraffic()],
    ['a confirmed step', () => ReleaseDriver.inSteadyTraffic()],
    ['a pause', () => ReleaseDriver.inSteadyTraffic().send(command('pause'))],
  ];

  it.each(inPhase)('follows a breach in %s, with weight 0 as the first effect', (_, reach) => {
    const release = reach();
    const decision = release.decide(judged('breached', 0));
    expect(decision.events).toEqual([
      expect.objectContaining({
        type: 'rollout.rolled_back',
        stableVersion: '1.0.0',
        cause: 'breach',
        reason: 'it is breached',
        evidence: judged('breached', 0).evidence,
      }),
    ]);
    expect(decision.effects[0]).toEqual({
      kind: 'set-weight',
      key: `${RELEASE_ID}:set-weight:0`,
      weightPercent: 0,
    });
  });

  it.each(inPhase)('follows a failed workload in %s', (_, reach) => {
    const decision = reach().decide({ kind: 'workloadFailed', reason: 'crash loop' });
    expect(typesOf(decision)).toEqual(['workload.failed', 'rollout.rolled_back']);
    expect(decision.effects[0]).toMatchObject({ kind: 'set-weight', weightPercent: 0 });
  });

  it.each(inPhase)('follows an operator’s abort in %s', (_, reach) => {
    const decision = reach().decide(command('abort'));
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'rollout.rolled_back', cause: 'operator', actor: 'anna' }),
    ]);
  });

  it('follows a breach judged for a step that is over', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('healthy', 0));
    expect(typesOf(release.decide(judged('breached', 0)))).toEqual(['rollout.rolled_back']);
  });

  it('knows when the gateways had switched', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('breached', 0)).pass(400);
    release.send({ kind: 'weightConfirmed', weightPercent: 5 });
    expect(release.state.phase).toMatchObject({ switchedAt: null });
    release.send({ kind: 'weightConfirmed', weightPercent: 0 });
    expect(release.state.phase).toMatchObject({ kind: 'rolled-back', switchedAt: release.now });
    expect(typesOf(release.pass(1).decide({ kind: 'weightConfirmed', weightPercent: 0 }))).toEqual([]);
  });

  it('retires the canary once its sessions have had their time', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(judged('breached', 0)).pass(30_000).send(TICK);
    expect(release.effects.at(-1)).toMatchObject({ kind: 'retire-workload', version: '1.1.0' });
    release.send({ kind: 'retired', version: '1.1.0' });
    expect(release.state.phase).toMatchObject({ kind: 'rolled-back', retired: true });
  });
});

describe('a pause', () => {
  it('holds the weight whatever the verdict and the time', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(command('pause')).pass(1_000_000);
    for (const input of [judged('healthy', 0), judged('undecided', 0), judged('no-telemetry', 0), TICK])
      expect(release.decide(input)).toEqual({ events: [], effects: [] });
  });

  it('takes the confirmation of the weight', () => {
    const release = ReleaseDriver.inTraffic().send(command('pause'));
    release.send({ kind: 'weightConfirmed', weightPercent: 5 });
    expect(release.state.phase).toMatchObject({ kind: 'paused', resumeTo: { stepStartedAt: release.now } });
  });

  it('ends in the step it began in, with the whole deadline before it', () => {
    const release = ReleaseDriver.inSteadyTraffic().send(command('pause')).pass(1_000_000);
    expect(typesOf(release.decide(command('resume')))).toEqual(['rollout.resumed']);
    expect(typesOf(release.pass(59_999).decide(TICK))).toEqual([]);
    expect(typesOf(release.decide(judged('healthy', 0)))).toEqual(['step.passed', 'rollout.step']);
  });

  it('is refused to a paused rollout, and a resume to one that goes on', () => {
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

describe('after the end', () => {
  it.each([
    ['promoted', 'promoted', () => ReleaseDriver.inTraffic().send(command('promote'))],
    ['rolled back', 'rolled-back', () => ReleaseDriver.inTraffic().send(command('abort'))],
  ])('refuses every command to a release that is %s', (words, kind, reach) => {
    const release = reach();
    for (const name of ['abort', 'pause', 'resume', 'promote'] as const)
      expect(release.decide(command(name)).refusal?.reason).toBe(
        `cannot ${name} 1.1.0: it is ${words} already`,
      );
    expect(release.state.phase.kind).toBe(kind);
  });

  it('refuses every command to a release that has failed', () => {
    const release = new ReleaseDriver().send(command('abort'));
    expect(release.decide(command('promote')).refusal?.reason).toBe(
      'cannot promote 1.1.0: it has failed already',
    );
  });
});
