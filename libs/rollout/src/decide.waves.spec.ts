import { ReleaseDriver } from '../test/release-driver';
import { LOOK, look, planWith, weightOf } from '../test/release-plan';
import type { ReleasePlan } from './plan';
import { currentWeight } from './standing';
import { canarySteps } from './steps/presets';
import type { Weights } from './steps/weights';

function weightsSet(plan: ReleasePlan): Weights[] {
  return ReleaseDriver.inTraffic(plan)
    .finish()
    .effects.flatMap((effect) => (effect.kind === 'set-weight' ? [effect.weights] : []));
}

describe('a rollout in waves', () => {
  it('goes market by market, and to all the others at the end', () => {
    const plan = planWith({ steps: canarySteps(LOOK, [50, 100], [['MT'], ['SE', 'DE']]) });
    expect(weightsSet(plan)).toEqual([
      { elsewhere: 0, markets: { MT: 50 } },
      { elsewhere: 0, markets: { MT: 100 } },
      { elsewhere: 0, markets: { MT: 100, SE: 50, DE: 50 } },
      { elsewhere: 0, markets: { MT: 100, SE: 100, DE: 100 } },
      { elsewhere: 50, markets: { MT: 100, SE: 100, DE: 100 } },
      { elsewhere: 100, markets: {} },
    ]);
  });

  it('leaves a market that is further than the others where it is', () => {
    const steps = [weightOf(5), weightOf(50, ['MT']), weightOf(25), weightOf(60), weightOf(100)];
    expect(weightsSet(planWith({ steps }))).toEqual([
      { elsewhere: 5, markets: {} },
      { elsewhere: 5, markets: { MT: 50 } },
      { elsewhere: 25, markets: { MT: 50 } },
      { elsewhere: 60, markets: {} },
      { elsewhere: 100, markets: {} },
    ]);
  });

  it('tells where a weight is set, and the largest share that any market has', () => {
    const steps = [weightOf(50, ['MT', 'SE']), look(), weightOf(10), weightOf(100)];
    const release = ReleaseDriver.inStep(2, planWith({ steps }));
    expect(release.events.at(-1)).toMatchObject({ step: weightOf(10), weightPercent: 50 });
    expect(currentWeight(release.state)).toBe(50);
  });
});
