import { always, must } from '../test/properties';
import { currentStep, currentWeight } from './standing';
import type { RolloutState } from './state';
import { isEverywhere, NO_WEIGHT, type Weights, withStep } from './steps/weights';

const MARKETS = ['MT', 'SE', 'DE', 'a market that no wave names'];

function shareIn({ elsewhere, markets }: Weights, market: string): number {
  return markets[market] ?? elsewhere;
}

function weightsOf(state: RolloutState): Weights {
  return currentStep(state)?.weights ?? NO_WEIGHT;
}

const inTraffic = (state: RolloutState) => currentStep(state) !== null;

/** What the plan has set once its first steps have begun. */
function planned({ plan }: RolloutState, stepIndex: number): Weights {
  return plan.steps
    .slice(0, stepIndex + 1)
    .reduce((weights, step) => (step.kind === 'setWeight' ? withStep(weights, step) : weights), NO_WEIGHT);
}

describe('whatever happens, the traffic of a release', () => {
  it('is what the plan says for the step, and falls in no market before the end', () => {
    always(({ before, after }) => {
      const step = currentStep(after);
      if (step === null) return;
      expect(step.weights).toEqual(planned(after, step.stepIndex));
      for (const market of MARKETS) {
        const [earlier, later] = [shareIn(weightsOf(before), market), shareIn(step.weights, market)];
        must(later >= earlier, `${market} fell from ${earlier} to ${later} %`);
      }
    });
  });

  it('is what the effects have told, in the order in which they were told', () => {
    always(({ after }, release) => {
      const step = currentStep(after);
      if (step === null) return;
      const told = release.effects.flatMap((effect) =>
        effect.kind === 'set-weight' ? [effect.weights] : [],
      );
      expect(told.at(-1) ?? NO_WEIGHT).toEqual(step.weights);
    });
  });

  it('is 0 for good once it has been set to 0, and no later effect sends any', () => {
    always(({ after }, release) => {
      const zeroAt = release.effects.findIndex((effect) => effect.key.endsWith(':set-weight:zero'));
      if (zeroAt < 0) return;
      must(currentWeight(after) === 0, 'the weight rose from 0');
      const later = release.effects.slice(zeroAt + 1);
      must(
        later.every((effect) => effect.kind === 'retire-workload'),
        'traffic was sent after weight 0',
      );
    });
  });

  it('goes back to stable in one decision when there is a breach, with weight 0 first', () => {
    always(({ before, input, after, effects, events }) => {
      if (!inTraffic(before) || input.kind !== 'judged' || input.verdict !== 'breached') return;
      expect(after.phase.kind).toBe('rolled-back');
      expect(events).toMatchObject([{ type: 'rollout.rolled_back', cause: 'breach' }]);
      if (before.plan.strategy === 'flag') return expect(effects).toEqual([]);
      expect(effects[0]).toMatchObject({ kind: 'set-weight', weights: NO_WEIGHT });
    });
  });

  it('goes back to stable in every rollback, with weight 0 first', () => {
    always(({ before, events, effects }) => {
      if (!events.some(({ type }) => type === 'rollout.rolled_back')) return;
      must(inTraffic(before), 'there was nothing to roll back');
      const zero = effects[0]?.kind === 'set-weight' && effects[0].key.endsWith(':zero');
      must(zero || before.plan.strategy === 'flag', 'weight 0 is not the first effect');
    });
  });

  it('is everywhere before a promotion, unless an operator says so, or it is the first version or by flag', () => {
    always(({ before, input, events }) => {
      const promoted = events.find((event) => event.type === 'rollout.promoted');
      if (promoted === undefined) return;
      if (promoted.cause === 'operator')
        return expect(input).toMatchObject({ kind: 'command', command: 'promote' });
      if (promoted.cause === 'first-version') return expect(before.plan.stableVersion).toBeNull();
      if (before.plan.strategy === 'flag') return;
      must(isEverywhere(weightsOf(before)), 'it was promoted without all traffic');
    });
  });

  it('is never touched by a release by flag, nor any workload', () => {
    always(({ before, effects }) => {
      if (before.plan.strategy !== 'flag') return;
      must(
        effects.every(({ kind }) => kind === 'set-flag' || kind === 'run-preview'),
        `${effects[0]?.kind} came from a flag`,
      );
    });
  });

  it('is not moved by an incident', () => {
    always(({ before, after, input, effects }) => {
      if (input.kind !== 'judged' || input.verdict !== 'incident') return;
      must(effects.length === 0 && after.phase.kind === before.phase.kind, 'an incident moved the release');
    });
  });

  it('gets nothing new while a freeze holds, unless an operator promotes', () => {
    always(({ before, after, input, events, effects }) => {
      if (after.freeze === null) return;
      const promoted = events.find((event) => event.type === 'rollout.promoted');
      if (promoted?.cause === 'operator')
        return expect(input).toMatchObject({ kind: 'command', command: 'promote' });
      for (const effect of effects) {
        const more = effect.kind === 'set-weight' && !effect.key.endsWith(':zero');
        must(!more, 'a weight was raised in a freeze');
        must(!(effect.kind === 'set-flag' && effect.enabled), 'a flag was turned on in a freeze');
        // What already has all traffic gets no more of it by its promotion.
        must(
          effect.kind !== 'promote-traffic' || isEverywhere(weightsOf(before)),
          'it was promoted in a freeze',
        );
      }
    });
  });

  it('comes after the approvals of as many people as the plan asks for, unless an earlier version is put back or somebody overrides it', () => {
    always(({ before: { plan }, events, effects }, release) => {
      const nearsProduction =
        events.some(({ type }) => type === 'release.staged' || type === 'rollout.started') ||
        effects.some(({ kind }) => kind === 'request-migration' || kind === 'deploy-production');
      if (!nearsProduction || plan.strategy === 'rollback') return;
      const isOverridden = release.events.some(
        (event) => event.type === 'approval.overridden' && event.stepIndex === null,
      );
      if (isOverridden) return;
      const approvers = release.events.flatMap((event) =>
        event.type === 'release.approved' ? [event.actor] : [],
      );
      must(new Set(approvers).size === plan.approvalsRequired, `${approvers.join()} have approved it`);
      must(approvers.length === plan.approvalsRequired, 'somebody has approved it twice');
    });
  });

  it('is all of it, by an order, only after each approval among the steps has been given or overridden', () => {
    always(({ before: { plan }, events }, release) => {
      if (!events.some((event) => event.type === 'rollout.promoted' && event.cause === 'operator')) return;
      const given = new Set(
        release.events.flatMap((event) =>
          event.type === 'step.approved' || event.type === 'approval.overridden' ? [event.stepIndex] : [],
        ),
      );
      for (const [index, step] of plan.steps.entries())
        must(
          step.kind !== 'pause' || step.durationMs !== null || given.has(index),
          `nobody has approved step ${index}`,
        );
    });
  });

  it('comes after the workload is ready, unless a flag changes one that runs already', () => {
    always(({ before: { plan }, events }, release) => {
      if (plan.strategy === 'flag' || !events.some(({ type }) => type === 'rollout.started')) return;
      must(release.eventTypes.includes('workload.ready'), 'traffic came before the workload');
    });
  });

  it('stays where it is in a pause, but for its end', () => {
    always(({ before, after, input }) => {
      if (before.phase.kind !== 'paused' || input.kind === 'command' || !inTraffic(after)) return;
      must(after.phase.kind === 'paused', `${input.kind} ended the pause`);
      expect(weightsOf(after)).toEqual(weightsOf(before));
    });
  });
});
