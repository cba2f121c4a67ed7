import { ReleaseDriver, typesOf } from '../test/release-driver';
import { command, SUPERSEDED } from '../test/rollout-inputs';

describe('a newer version', () => {
  it.each<[string, () => ReleaseDriver]>([
    ['in a step', () => ReleaseDriver.inSteadyTraffic()],
    ['paused', () => ReleaseDriver.inSteadyTraffic().send(command('pause'))],
  ])('rolls back a rollout that is %s, as nobody’s doing', (_, reach) => {
    const release = reach();
    expect(release.decide(SUPERSEDED).events).toEqual([
      expect.objectContaining({
        type: 'rollout.rolled_back',
        cause: 'superseded',
        reason: 'it is superseded by 1.2.0',
        actor: null,
        evidence: [],
      }),
    ]);
    expect(release.effects.at(-1)).toMatchObject({ kind: 'set-weight', weights: { elsewhere: 0 } });
  });

  it('leaves alone what has ended', () => {
    for (const release of [
      ReleaseDriver.inTraffic().finish(),
      ReleaseDriver.inTraffic().send(command('abort')),
      new ReleaseDriver().send(command('abort')),
    ])
      expect(typesOf(release.decide(SUPERSEDED))).toEqual([]);
  });
});
