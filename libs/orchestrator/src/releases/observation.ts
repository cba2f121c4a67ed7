import {
  currentStep,
  decide,
  evolve,
  isEnded,
  wakeAt,
  type Decision,
  type Freeze,
  type RolloutInput,
  type RolloutState,
} from '@croupier/rollout';
import type { StoredRelease } from '../ports/release-store';
import { isUrgent } from './queue';

type Judged = Extract<RolloutInput, { readonly kind: 'judged' }>;

export interface Sight {
  readonly now: number;
  readonly freeze: Freeze | null;
  /** The lowest routing version among live gateways; null when none is alive. */
  readonly routedEverywhere: number | null;
  /** Null when there is nothing to judge. */
  readonly judged: Judged | null;
}

/** What a release is to be told of what is seen: only what it makes something of, each on top of the one before. */
export function tellingsOf(release: StoredRelease, sight: Sight): RolloutInput[] {
  const worthTelling: RolloutInput[] = [];
  let state = release.state;
  for (const input of inputs(release, sight)) {
    const decision = decide(state, input, sight.now);
    const { events } = decision;
    if (events.length === 0 || raisesUnseen(release, decision, sight.routedEverywhere)) continue;
    worthTelling.push(input);
    state = events.reduce<RolloutState>(evolve, state);
  }
  return worthTelling;
}

/** No weight is raised that nobody would see the effect of. A way back and an emergency wait for nobody. */
export function raisesUnseen(
  release: StoredRelease,
  { events }: Decision,
  routedEverywhere: number | null,
): boolean {
  if (routedEverywhere !== null || isUrgent(release)) return false;
  return events.some((event) => event.type === 'rollout.step' && event.step.kind === 'setWeight');
}

/** Whether time or the gateways alone may move it. */
export function isDue(release: StoredRelease, now: number): boolean {
  return waitsForGateways(release.state) || (wakeAt(release.state) ?? Infinity) <= now;
}

function inputs(release: StoredRelease, { now, freeze, judged, routedEverywhere }: Sight): RolloutInput[] {
  const { state } = release;
  const isRouted = routedEverywhere !== null && routedEverywhere >= (release.stepRoutingVersion ?? Infinity);
  const stepIndex = currentStep(state)?.stepIndex ?? null;
  return [
    ...(isEnded(state) ? [] : [{ kind: 'freeze', freeze } as const]),
    ...(isRouted && waitsForGateways(state) ? [{ kind: 'weightConfirmed', stepIndex } as const] : []),
    ...(judged === null ? [] : [judged]),
    ...((wakeAt(state) ?? Infinity) <= now ? [{ kind: 'tick' } as const] : []),
  ];
}

function waitsForGateways(state: RolloutState): boolean {
  const { phase } = state;
  if (phase.kind === 'promoted' || phase.kind === 'rolled-back')
    return !phase.retired && phase.switchedAt === null;
  const step = currentStep(state);
  return step !== null && step.stepStartedAt === null;
}
