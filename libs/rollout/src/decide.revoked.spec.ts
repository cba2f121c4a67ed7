import { ReleaseDriver, typesOf } from '../test/release-driver';
import { command, confirmed, REVOKED, start } from '../test/rollout-inputs';
import { flagOn, planWith, weightOf } from '../test/release-plan';
import type { Phase } from './state';

describe('the revocation of a version', () => {
  it.each<[Phase['kind'], string[]]>([
    ['queued', []],
    ['staging', ['stop-staging']],
    ['testing', ['stop-staging']],
    ['migrating', []],
    ['deploying', ['retire-workload']],
  ])('fails its release while it is %s, and clears away after it', (kind, cleanup) => {
    const release = ReleaseDriver.in(kind);
    const decision = release.decide(REVOKED);
    expect(typesOf(decision)).toEqual(['release.failed']);
    expect(decision.effects.map((effect) => effect.kind)).toEqual(cleanup);
    expect(release.state.phase).toMatchObject({ reason: 'it is revoked: the laboratory withdraws it' });
  });

  it.each<[string, () => ReleaseDriver]>([
    ['in a step', () => ReleaseDriver.inSteadyTraffic()],
    ['paused', () => ReleaseDriver.inSteadyTraffic().send(command('pause'))],
  ])('rolls back its rollout while that is %s, traffic first', (_, reach) => {
    const release = reach();
    const decision = release.decide(REVOKED);
    expect(decision.events).toEqual([
      expect.objectContaining({ type: 'rollout.rolled_back', cause: 'revoked', actor: null }),
    ]);
    expect(decision.effects).toEqual([
      expect.objectContaining({ kind: 'set-weight', weights: { elsewhere: 0, markets: {} } }),
    ]);
  });

  it('changes nothing of what has ended', () => {
    for (const release of [ReleaseDriver.inTraffic().finish(), new ReleaseDriver().send(command('abort'))])
      expect(typesOf(release.decide(REVOKED))).toEqual([]);
  });
});

describe('a release that takes a revoked version’s place', () => {
  const plan = planWith({
    version: '0.9.0',
    strategy: 'rollback',
    steps: [weightOf(100)],
    standsInFor: '1.0.0',
  });

  it('starts while the revoked one is stable', () => {
    expect(typesOf(new ReleaseDriver(plan).decide(start('1.0.0')))).toEqual(['release.started']);
  });

  it('fails once another version is', () => {
    const release = new ReleaseDriver(plan).send(start('1.1.0'));
    expect(release.state.phase).toEqual({
      kind: 'failed',
      reason: '1.0.0 is not the stable version any more',
    });
  });
});

describe('a rollback', () => {
  it('says which flags its steps have set, on or off, and none that they have not come to', () => {
    const off = { kind: 'setFlag', flag: 'old-reels', enabled: false } as const;
    const steps = [weightOf(5), off, flagOn('bonus'), weightOf(100), flagOn('jackpot')];
    const release = ReleaseDriver.inTraffic(planWith({ steps })).send(
      confirmed(0),
      { kind: 'flagSet', flag: 'old-reels', enabled: false },
      REVOKED,
    );
    expect(release.events.at(-1)).toMatchObject({
      type: 'rollout.rolled_back',
      flags: ['old-reels', 'bonus'],
    });
  });
});
