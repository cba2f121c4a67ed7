import {
  currentStep,
  decide,
  evolve,
  queueRelease,
  type Phase,
  type ReleasePlan,
  type RolloutInput,
  type RolloutState,
} from '@croupier/rollout';
import type { StoredRelease } from '../src/ports/release-store';
import { partitionOf } from '../src/releases/partition-of';
import { planWith } from './release-plan';

/** When everything here is decided, in epoch milliseconds. */
export const NOW = 1_000_000;

/** The snapshots that first gave a release in traffic its traffic, and that carry its present weights. */
export const ROUTED = { firstRoutingVersion: 10, stepRoutingVersion: 10 } as const;

export function queuedState(plan: ReleasePlan, now = NOW): RolloutState {
  const [queued] = queueRelease(plan, now).events;
  if (queued === undefined) throw new Error('The plan is refused');
  return evolve(undefined, queued);
}

/** In the queue. */
export function queued(
  plan: Partial<ReleasePlan> = {},
  overrides: Partial<StoredRelease> = {},
): StoredRelease {
  const whole = planWith(plan);
  return {
    id: whole.releaseId,
    partition: partitionOf(whole.provider, whole.game),
    revision: 1,
    state: queuedState(whole),
    firstRoutingVersion: null,
    stepRoutingVersion: null,
    ...overrides,
  };
}

/** As it is once it has been told. */
export function told(release: StoredRelease, ...inputs: readonly RolloutInput[]): StoredRelease {
  return inputs.reduce((before, input) => {
    const { events } = decide(before.state, input, NOW);
    return {
      ...before,
      revision: before.revision + events.length,
      state: events.reduce<RolloutState>(evolve, before.state),
    };
  }, release);
}

/** In the phase, all having gone well so far. */
export function inPhase(
  kind: Phase['kind'],
  plan: Partial<ReleasePlan> = {},
  overrides: Partial<StoredRelease> = {},
): StoredRelease {
  return reaching(queued(plan, overrides), ({ phase }) => phase.kind === kind);
}

/** In a step, which has begun just now. */
export function inStep(
  stepIndex: number,
  plan: Partial<ReleasePlan> = {},
  overrides: Partial<StoredRelease> = {},
): StoredRelease {
  return reaching(
    queued(plan, { ...ROUTED, ...overrides }),
    (state) => currentStep(state)?.stepIndex === stepIndex,
  );
}

export function judged(
  verdict: Extract<RolloutInput, { readonly kind: 'judged' }>['verdict'],
  stepIndex: number,
): Extract<RolloutInput, { readonly kind: 'judged' }> {
  return { kind: 'judged', verdict, stepIndex, stepRequests: 1_000, evidence: [], explanation: verdict };
}

export function command(name: 'abort' | 'pause' | 'resume' | 'promote'): RolloutInput {
  return { kind: 'command', command: name, actor: 'anna', reason: 'she says so' };
}

function reaching(release: StoredRelease, reached: (state: RolloutState) => boolean): StoredRelease {
  for (let turns = 0; turns < 100; turns += 1) {
    if (reached(release.state)) return release;
    release = told(release, awaited(release.state));
  }
  throw new Error(`It goes no further than ${JSON.stringify(release.state.phase)}`);
}

/** What the outside answers when all goes well. */
function awaited({ plan, phase }: RolloutState): RolloutInput {
  switch (phase.kind) {
    case 'queued':
      return { kind: 'start', stableVersion: plan.stableVersion, unmet: [] };
    case 'staging':
      return { kind: 'stagingDeployed' };
    case 'testing':
      return { kind: 'testsPassed', checks: ['health'] };
    case 'migrating':
      return { kind: 'migrationApplied', detail: 'none' };
    case 'deploying':
      return { kind: 'workloadReady', endpoint: 'http://gold-rush.test' };
    case 'progressing':
      return awaitedInStep(plan, phase.stepIndex);
    default:
      throw new Error(`${phase.kind} waits for somebody`);
  }
}

function awaitedInStep({ steps }: ReleasePlan, stepIndex: number): RolloutInput {
  const step = steps[stepIndex];
  switch (step?.kind) {
    case 'setWeight':
      return { kind: 'weightConfirmed', stepIndex };
    case 'setFlag':
      return { kind: 'flagSet', flag: step.flag, enabled: step.enabled };
    case 'preview':
      return { kind: 'previewPassed', checks: ['health'] };
    default:
      return judged('healthy', stepIndex);
  }
}
