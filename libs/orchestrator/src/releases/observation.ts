import {
  currentStep,
  decide,
  evolve,
  isEnded,
  wakeAt,
  type Freeze,
  type RolloutInput,
  type RolloutState,
} from '@croupier/rollout';
import type { StoredRelease } from '../ports/release-store';

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
    const { events } = decide(state, input, sight.now);
    if (events.length === 0) continue;
    worthTelling.push(input);
    state = events.reduce<RolloutState>(evolve, state);
  }
  return worthTelling;
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
