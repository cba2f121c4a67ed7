import type { PendingEffect, StoredRelease, Told } from '@croupier/orchestrator';
import type { RolloutEvent, RolloutInput } from '@croupier/rollout';

export interface KeptEffect {
  readonly pending: PendingEffect;
  readonly done: boolean;
}

/** Everything that is stored of a release. Replaced as a whole by a commit, never changed. */
export interface ReleaseRow {
  readonly release: StoredRelease;
  readonly events: readonly RolloutEvent[];
  /** By key, in the order of their sequence. */
  readonly effects: ReadonlyMap<string, KeptEffect>;
  /** Keys of the effects that were messages, sent with the decision. */
  readonly sent: readonly string[];
  /** Rises with every commit of any release. */
  readonly changedAt: number;
}

/** Who tells, and by what right. */
export interface Teller {
  readonly name: string;
  /** When what is told was seen, in virtual time; null for a message, which is told by what it says. */
  readonly seenSince: number | null;
}

/** One telling that has been stored. */
export interface Commit {
  readonly before: ReleaseRow | null;
  readonly after: ReleaseRow;
  /** What the core was told; null when there was only an effect to tick off. */
  readonly input: RolloutInput | null;
  readonly doneEffect: string | undefined;
  readonly told: Told;
  readonly teller: Teller;
}

export function hasUndone({ effects }: ReleaseRow): boolean {
  for (const { done } of effects.values()) if (!done) return true;
  return false;
}
