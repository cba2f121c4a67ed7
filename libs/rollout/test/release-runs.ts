import * as fc from 'fast-check';
import type { RolloutInput } from '../src/input';
import type { ReleasePlan } from '../src/plan';
import { currentStep } from '../src/standing';
import type { RolloutState } from '../src/state';
import { plans } from './random-plans';
import type { ReleaseDriver } from './release-driver';
import { awaited, ERRORS, REVOKED, start, SUPERSEDED, THAW, TICK, WALLET, WEEKEND } from './rollout-inputs';

export interface Moment {
  /** Null for what the release waits for, when all goes well. */
  readonly input: RolloutInput | null;
  /** May be negative: clocks of different hosts disagree. */
  readonly afterMs: number;
  /** Confirmations, verdicts and commands are of the step that the release is in: chance alone seldom gets far. */
  readonly fitting: boolean;
}

export interface Run {
  readonly plan: ReleasePlan;
  readonly moments: readonly Moment[];
}

/** What comes in at the moment. */
export function inputAt({ input, fitting }: Moment, state: RolloutState): RolloutInput {
  if (input === null) return awaited(state);
  const step = currentStep(state);
  if (!fitting || step === null) return input;
  const { stepIndex } = step;
  switch (input.kind) {
    case 'judged':
    case 'weightConfirmed':
    case 'command':
      return { ...input, stepIndex };
    default:
      return input;
  }
}

export function live(release: ReleaseDriver, moments: readonly Moment[]): ReleaseDriver {
  for (const moment of moments) release.pass(moment.afterMs).decide(inputAt(moment, release.state));
  return release;
}

function stepIndexes(stepCount: number): fc.Arbitrary<number | null> {
  return fc.option(fc.nat({ max: stepCount }), { nil: null });
}

const reasons = fc.constantFrom('', 'why. ', 'two\nlines');

function judgements(stepCount: number): fc.Arbitrary<RolloutInput> {
  return fc.record({
    kind: fc.constant('judged' as const),
    verdict: fc.constantFrom(
      'healthy',
      'healthy',
      'healthy',
      'undecided',
      'undecided',
      'no-telemetry',
      'incident',
      'breached',
    ),
    stepIndex: fc.nat({ max: stepCount }),
    stepRequests: fc.constantFrom(0, 99, 100, 5_000),
    evidence: fc.constantFrom([], [ERRORS]),
    explanation: reasons,
  });
}

function commands(stepCount: number): fc.Arbitrary<RolloutInput> {
  return fc.record({
    kind: fc.constant('command' as const),
    command: fc.constantFrom(
      'abort',
      'pause',
      'pause',
      'resume',
      'resume',
      'promote',
      'skip',
      'skip',
      'approve',
      'approve',
      'override',
      'reject',
    ),
    stepIndex: stepIndexes(stepCount),
    actor: fc.constantFrom('anna', 'ben'),
    reason: reasons,
  });
}

function confirmations(stepCount: number): fc.Arbitrary<RolloutInput> {
  return fc.record({
    kind: fc.constant('weightConfirmed' as const),
    stepIndex: stepIndexes(stepCount),
  });
}

/** Much of it late, repeated or about something else. */
const news: fc.Arbitrary<RolloutInput> = fc.constantFrom<RolloutInput>(
  start('1.0.0'),
  { kind: 'stagingDeployed' },
  { kind: 'testsPassed', checks: ['health'] },
  { kind: 'migrationApplied', detail: '1 script' },
  { kind: 'workloadReady', endpoint: 'http://127.0.0.1:5000' },
  { kind: 'previewPassed', checks: ['health'] },
  { kind: 'flagSet', flag: 'bonus', enabled: true },
  { kind: 'flagSet', flag: 'bonus', enabled: false },
  { kind: 'flagSet', flag: 'jackpot', enabled: true },
  { kind: 'retired', version: '1.0.0' },
  { kind: 'retired', version: '1.1.0' },
);

const troubles: fc.Arbitrary<RolloutInput> = fc.constantFrom<RolloutInput>(
  start('1.0.0', WALLET),
  start('1.0.0', WALLET, { ...WALLET, present: null }),
  start(null),
  { kind: 'stagingFailed', reason: 'port' },
  { kind: 'testsFailed', reason: 'spin' },
  { kind: 'migrationFailed', reason: 'lock' },
  { kind: 'workloadFailed', reason: 'exit 1' },
  { kind: 'previewFailed', reason: 'spin' },
  SUPERSEDED,
  REVOKED,
);

const freezes: fc.Arbitrary<RolloutInput> = fc.constantFrom<RolloutInput>(
  { kind: 'freeze', freeze: WEEKEND },
  { kind: 'freeze', freeze: { ...WEEKEND, name: 'jackpot' } },
  THAW,
);

function inputsFor({ steps }: ReleasePlan): fc.Arbitrary<RolloutInput | null> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constant(null) },
    { weight: 5, arbitrary: judgements(steps.length) },
    { weight: 3, arbitrary: confirmations(steps.length) },
    { weight: 3, arbitrary: fc.constant(TICK) },
    { weight: 3, arbitrary: news },
    { weight: 2, arbitrary: commands(steps.length) },
    { weight: 2, arbitrary: freezes },
    { weight: 1, arbitrary: troubles },
  );
}

const WAITED_FOR: Moment = { input: null, afterMs: 0, fitting: false };

const FREEZE: Moment = { ...WAITED_FOR, input: { kind: 'freeze', freeze: WEEKEND } };

/** A plan and what befalls it. Most runs are led into traffic first, where most can go wrong. */
export const runs: fc.Arbitrary<Run> = plans.chain((plan) =>
  fc
    .tuple(
      fc.constantFrom<Moment[][]>([], [], [], [FREEZE]),
      fc.constantFrom(0, 1, 2, 3, 4, 6, 6, 6, 6, 6, 6),
      fc.array(
        fc.record({
          input: inputsFor(plan),
          afterMs: fc.constantFrom(0, 0, 1, 999, 1_000, 1_000, 4_000, 10_000, -500),
          fitting: fc.boolean(),
        }),
        { minLength: 10, maxLength: 40, size: 'max' },
      ),
    )
    .map(([first, ledFor, moments]) => ({
      plan,
      moments: [...first, ...Array.from({ length: ledFor }, () => WAITED_FOR), ...moments],
    })),
);
