import { kindsOf, ReleaseDriver, typesOf } from '../test/release-driver';
import { planWith } from '../test/release-plan';
import { start } from '../test/rollout-inputs';
import type { RolloutInput } from './input';
import { replay } from './evolve';

const startIn = (...markets: string[]): RolloutInput => ({ ...start(), markets }) as RolloutInput;

describe('the markets of a rollout', () => {
  it('are those that the version is certified in when it starts', () => {
    const release = new ReleaseDriver().send(startIn('MT', 'SE'));
    expect(release.state.plan.markets).toEqual(['MT', 'SE']);
    expect(replay(release.events)).toEqual(release.state);
  });

  it('are waited for when there are none, and that is told once', () => {
    const release = new ReleaseDriver().send(startIn());
    expect(release.events.at(-1)).toMatchObject({
      type: 'release.waiting',
      waitsFor: 'a certificate in any market',
    });
    expect(typesOf(release.decide(startIn()))).toEqual([]);
    expect(typesOf(release.decide(startIn('MT')))).toEqual(['release.started']);
  });

  it('added later go straight to production: the version is proven, its players’ markets are not', () => {
    const plan = planWith({ markets: ['SE', 'DE'] });
    const release = new ReleaseDriver(plan);
    const decision = release.decide(startIn('SE'));
    expect(kindsOf(decision)).toEqual(['deploy-production']);
    expect(release.state.plan).toMatchObject({ markets: ['SE'], stableVersion: '1.0.0' });
  });

  it('in which nothing was served before have it at once', () => {
    const release = new ReleaseDriver(planWith({ markets: ['SE'] })).send(
      { kind: 'start', stableVersion: null, unmet: [], markets: ['SE'] },
      { kind: 'workloadReady', endpoint: 'http://gold-rush.test' },
    );
    expect(release.events.at(-1)).toMatchObject({ type: 'rollout.promoted', cause: 'first-version' });
  });

  it('say nothing of a release by flag', () => {
    const steps = [{ kind: 'setFlag', flag: 'bonus', enabled: true } as const];
    const release = new ReleaseDriver(planWith({ strategy: 'flag', steps })).send(startIn());
    expect(release.state.phase.kind).toBe('progressing');
    expect(release.state.plan.markets).toBeUndefined();
  });
});
