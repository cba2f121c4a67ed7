import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { planWith } from '../test/release-plan';
import { awaited, command, start, SUPERSEDED, TICK, WALLET } from '../test/rollout-inputs';
import type { RolloutInput } from './input';
import type { Phase } from './state';

const RELEASE_ID = planWith().releaseId;
const BEFORE_TRAFFIC = ['queued', 'staging', 'testing', 'migrating', 'deploying'] as const;

describe('before production traffic', () => {
  it('deploys on staging, tests, migrates and deploys in production, each after the one before', () => {
    const release = new ReleaseDriver();
    const effects = BEFORE_TRAFFIC.map(() => kindsOf(release.decide(awaited(release.state))));
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
    const release = new ReleaseDriver(planWith({ stableVersion: '0.9.0' })).send(start('1.0.0'));
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
      `${RELEASE_ID}:set-weight:0`,
      `${RELEASE_ID}:set-weight:zero`,
    ]);
  });

  it('promotes a first version at once, having nothing to compare it with or to retire', () => {
    const release = ReleaseDriver.in('promoted', planWith({ stableVersion: null }));
    expect(release.eventTypes.slice(-3)).toEqual(['workload.ready', 'rollout.started', 'rollout.promoted']);
    expect(release.events.at(-1)).toMatchObject({ cause: 'first-version', previousVersion: null });
    expect(release.effectKinds.slice(-1)).toEqual(['promote-traffic']);
    expect(release.state.phase).toMatchObject({ kind: 'promoted', retired: true });
    expect(release.pass(1_000_000).decide(TICK)).toEqual({ events: [], effects: [] });
  });

  it('fails the release of the version that is stable already', () => {
    const release = new ReleaseDriver().send(start('1.1.0'));
    expect(release.state.phase).toEqual({ kind: 'failed', reason: '1.1.0 is the stable version already' });
    expect(release.effects).toEqual([]);
  });

  it.each<[Phase['kind'], RolloutInput, string, string[]]>([
    [
      'staging',
      { kind: 'stagingFailed', reason: 'port' },
      'the staging deployment failed: port',
      ['stop-staging'],
    ],
    ['testing', { kind: 'testsFailed', reason: 'spin' }, 'the staging tests failed: spin', ['stop-staging']],
    ['migrating', { kind: 'migrationFailed', reason: 'lock' }, 'the migration failed: lock', []],
    [
      'deploying',
      { kind: 'workloadFailed', reason: 'exit 1' },
      'the workload failed: exit 1',
      ['retire-workload'],
    ],
  ])('fails with the reason when %s fails, and clears away after it', (kind, failure, reason, cleanup) => {
    const release = ReleaseDriver.in(kind);
    const decision = release.decide(failure);
    expect(release.state.phase).toEqual({ kind: 'failed', reason });
    expect(kindsOf(decision)).toEqual(cleanup);
  });

  it.each<[Phase['kind'], string[]]>([
    ['staging', ['stop-staging']],
    ['testing', ['stop-staging']],
    ['migrating', []],
    ['deploying', ['retire-workload']],
  ])('fails when %s does not end by its deadline, and not before', (kind, cleanup) => {
    const release = ReleaseDriver.in(kind);
    expect(typesOf(release.pass(9_999).decide(TICK))).toEqual([]);
    const decision = release.pass(1).decide(TICK);
    expect(release.state.phase).toEqual({ kind: 'failed', reason: `${kind} did not end within 10 s` });
    expect(kindsOf(decision)).toEqual(cleanup);
  });

  it.each(BEFORE_TRAFFIC)('fails, not rolls back, when aborted while %s', (kind) => {
    const release = ReleaseDriver.in(kind);
    expect(typesOf(release.decide(command('abort')))).toEqual(['release.failed']);
    expect(release.events.at(-1)).toMatchObject({ actor: 'anna', reason: 'incident 42' });
  });

  it.each<[Phase['kind'], string[]]>([
    ['queued', []],
    ['staging', ['stop-staging']],
    ['testing', ['stop-staging']],
    ['awaiting-approval', []],
    ['migrating', []],
    ['deploying', ['retire-workload']],
  ])('fails when superseded while %s, and clears away after it', (kind, cleanup) => {
    const release = ReleaseDriver.in(kind, planWith({ approvalsRequired: 1 }));
    expect(kindsOf(release.decide(SUPERSEDED))).toEqual(cleanup);
    expect(release.state.phase).toEqual({ kind: 'failed', reason: 'it is superseded by 1.2.0' });
  });

  it.each(['pause', 'resume', 'promote', 'skip'] as const)(
    'refuses to %s a release without traffic',
    (name) => {
      const reason = `cannot ${name} 1.1.0: it has no production traffic yet`;
      for (const kind of BEFORE_TRAFFIC)
        expect(ReleaseDriver.in(kind).decide(command(name))).toEqual({
          events: [],
          effects: [],
          refusal: { reason },
        });
    },
  );

  it.each(['approve', 'reject'] as const)('refuses to %s what waits for no approval', (name) => {
    const reason = `cannot ${name} 1.1.0: it waits for no approval`;
    for (const kind of BEFORE_TRAFFIC)
      expect(ReleaseDriver.in(kind).decide(command(name)).refusal).toEqual({ reason });
  });
});

describe('what a release requires', () => {
  it('is waited for in the queue, and told once', () => {
    const release = new ReleaseDriver();
    const decision = release.decide(start('1.0.0', WALLET));
    expect(decision).toEqual({
      events: [
        expect.objectContaining({
          type: 'release.waiting',
          waitsFor: 'acme/wallet >=2.3.0 (2.2.0 is stable)',
        }),
      ],
      effects: [],
    });
    expect(release.state.phase.kind).toBe('queued');
    expect(release.decide(start('1.0.0', WALLET))).toEqual({ events: [], effects: [] });
  });

  it('is told anew when something else is missing', () => {
    const release = new ReleaseDriver().send(start('1.0.0', WALLET));
    release.send(start('1.0.0', { ...WALLET, present: null }));
    expect(release.events.at(-1)).toMatchObject({ waitsFor: 'acme/wallet >=2.3.0 (none is stable)' });
  });

  it('lets the release start once it is there', () => {
    const release = new ReleaseDriver().send(start('1.0.0', WALLET), start());
    expect(release.state.phase.kind).toBe('staging');
  });

  it('ends the release at once when the plan says so', () => {
    const release = new ReleaseDriver(planWith({ whenUnmet: 'refuse' })).send(start('1.0.0', WALLET));
    expect(release.state.phase).toEqual({
      kind: 'failed',
      reason: 'it requires acme/wallet >=2.3.0 (2.2.0 is stable)',
    });
    expect(release.effects).toEqual([]);
  });
});
