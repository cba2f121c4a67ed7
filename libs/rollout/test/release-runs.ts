import * as fc from 'fast-check';
import type { RolloutInput } from '../src/input';
import type { ReleasePlan } from '../src/plan';
import type { RolloutState } from '../src/state';
import { ERRORS, planWith, TO_TRAFFIC } from './release-driver';

export interface Moment {
  readonly input: RolloutInput;
  /** May be negative: clocks of different hosts disagree. */
  readonly afterMs: number;
  /** Confirmations and verdicts are of the step that the release is in: chance alone seldom gets far. */
  readonly fitting: boolean;
}

export function aimed({ input, fitting }: Moment, { phase }: RolloutState): RolloutInput {
  if (!fitting || phase.kind !== 'progressing') return input;
  if (input.kind === 'judged') return { ...input, stepIndex: phase.stepIndex };
  return input.kind === 'weightConfirmed' ? { ...input, weightPercent: phase.weightPercent } : input;
}

const plans: fc.Arbitrary<ReleasePlan> = fc
  .record({
    stableVersion: fc.constantFrom('1.0.0', '1.0.0', '1.0.0', null),
    weights: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }),
    minDurationMs: fc.constantFrom(0, 1_000),
    minRequests: fc.constantFrom(0, 100),
    drainMs: fc.constantFrom(0, 5_000),
  })
  .map(({ stableVersion, weights, minDurationMs, minRequests, drainMs }) =>
    planWith({
      stableVersion,
      drainMs,
      steps: [...weights.sort((a, b) => a - b), 100].map((weightPercent) => ({
        weightPercent,
        minDurationMs,
        minRequests,
        deadlineMs: 10_000,
      })),
    }),
  );

function inputsFor(plan: ReleasePlan): fc.Arbitrary<RolloutInput> {
  const reason = fc.constantFrom('', 'why. ', 'two\nlines');
  const weights = [0, 1, ...plan.steps.map((step) => step.weightPercent)];
  const judgements: fc.Arbitrary<RolloutInput> = fc.record({
    kind: fc.constant('judged' as const),
    verdict: fc.constantFrom(
      'healthy',
      'healthy',
      'healthy',
      'healthy',
      'undecided',
      'no-telemetry',
      'breached',
    ),
    stepIndex: fc.integer({ min: 0, max: plan.steps.length }),
    stepRequests: fc.constantFrom(0, 99, 100, 5_000),
    evidence: fc.constantFrom([], [ERRORS]),
    explanation: reason,
  });
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...TO_TRAFFIC) },
    { weight: 6, arbitrary: judgements },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('weightConfirmed' as const),
        weightPercent: fc.constantFrom(...weights),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: 'tick' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('command' as const),
        command: fc.constantFrom('abort', 'pause', 'resume', 'resume', 'promote'),
        actor: fc.constant('anna'),
        reason,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<RolloutInput>(
        { kind: 'stagingFailed', reason: 'port' },
        { kind: 'testsFailed', reason: 'spin' },
        { kind: 'migrationFailed', reason: 'lock' },
        { kind: 'workloadFailed', reason: 'exit 1' },
        { kind: 'start', stableVersion: null },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('retired' as const),
        version: fc.constantFrom('1.0.0', '1.1.0'),
      }),
    },
  );
}

/** A plan and what befalls it. Most runs are led into traffic first, where most can go wrong. */
export const runs: fc.Arbitrary<{ plan: ReleasePlan; moments: readonly Moment[] }> = plans.chain((plan) =>
  fc
    .tuple(
      fc.constantFrom(0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5),
      fc.array(
        fc.record({
          input: inputsFor(plan),
          afterMs: fc.constantFrom(0, 0, 1, 999, 1_000, 4_000, 10_000, -500),
          fitting: fc.boolean(),
        }),
        { minLength: 10, maxLength: 40, size: 'max' },
      ),
    )
    .map(([ledFor, moments]) => {
      const start: RolloutInput = { kind: 'start', stableVersion: plan.stableVersion };
      const way = [start, ...TO_TRAFFIC.slice(1)].map((input) => ({ input, afterMs: 0, fitting: false }));
      return { plan, moments: [...way.slice(0, ledFor), ...moments] };
    }),
);
