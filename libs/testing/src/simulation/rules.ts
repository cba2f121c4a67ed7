import type { Checkpoint, PendingEffect, ReleaseTallies, Telling } from '@croupier/orchestrator';
import { decide, type Stood } from '@croupier/rollout';

/**
 * What the simulated stores, targets and gateways hold themselves to. Each is a promise that the real ones make to the
 * loop, or to the players; a planted bug breaks one of them.
 */
export interface Rules {
  /** The core, as a store's transaction calls it. */
  readonly decide: typeof decide;
  /** What is told reaches the core as it is. */
  telling(telling: Telling): Telling;
  /** A store lets in the holder of a lease, and nobody who was it before. */
  isHolder(token: number, holdersToken: number): boolean;
  /** What came of an effect is told once: not again, once the effect is ticked off. */
  hasBeenTold(isTickedOff: boolean): boolean;
  /** What is dealt in a snapshot of its own: all together, of each release the latest that it has decided. */
  snapshots(
    effects: readonly PendingEffect[],
    isLatest: (pending: PendingEffect) => boolean,
  ): readonly (readonly PendingEffect[])[];
  /** A lease that changes hands rises. */
  nextToken(token: number): number;
  /** A target refuses a token lower than one it has seen. */
  isFresh(token: number, highestSeen: number): boolean;
  /** An inbox remembers what it has taken. */
  remembers(taken: boolean): boolean;
  /** All of a checkpoint is kept. */
  kept(checkpoint: Checkpoint<ReleaseTallies>): Checkpoint<ReleaseTallies>;
  /** The horizon stays below what is not committed yet. */
  horizon(nextPosition: number, firstUncommitted: number | null): number;
  /** A gateway takes a snapshot only if it is newer. */
  replaces(offered: number, present: number): boolean;
  /** What a repeated deployment is known by: the same for every attempt. */
  workloadName(name: string, attempt: number): string;
  /** Whether a release is loaded by a new holder: all that is not over, or has left something to do. */
  isLoaded(finished: boolean, hasEffects: boolean): boolean;
  /** A clearance is taken if none of a higher revision is known. */
  isNewer(revision: number, known: number): boolean;
  /** A change of clearance is dealt with the transaction that takes it. */
  isDealtAtOnce(revoked: boolean): boolean;
  /** Where a version that has been stable may serve: where it was rolled out. */
  stood(stood: Stood, cleared: readonly string[]): Stood;
  /** The snapshot that carries a step's weights is unknown from the moment they are decided. */
  routingVersionBeforeRouting(previous: number | null): number | null;
}

export const SOUND_RULES: Rules = {
  decide,
  telling: (telling) => telling,
  isHolder: (token, holdersToken) => token === holdersToken,
  hasBeenTold: (isTickedOff) => isTickedOff,
  snapshots: (effects, isLatest) => [effects.filter(isLatest)],
  nextToken: (token) => token + 1,
  isFresh: (token, highestSeen) => token >= highestSeen,
  remembers: (taken) => taken,
  kept: (checkpoint) => checkpoint,
  horizon: (nextPosition, firstUncommitted) => firstUncommitted ?? nextPosition,
  replaces: (offered, present) => offered > present,
  workloadName: (name) => name,
  isLoaded: (finished, hasEffects) => !finished || hasEffects,
  isNewer: (revision, known) => revision > known,
  isDealtAtOnce: () => true,
  stood: (stood) => stood,
  routingVersionBeforeRouting: () => null,
};
