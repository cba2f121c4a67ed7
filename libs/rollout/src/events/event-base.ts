import type { ReleaseId } from '@croupier/contracts';
import type { ReleasePlan } from '../plan';

/** Who and when, in the names of the bus. */
export interface EventBase<Type extends string> {
  readonly type: Type;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly releaseId: ReleaseId;
  readonly provider: string;
  readonly game: string;
  /** The version being released. */
  readonly version: string;
}

export function eventBase<Type extends string>(
  type: Type,
  { releaseId, provider, game, version }: ReleasePlan,
  at: number,
): EventBase<Type> {
  return { type, at, releaseId, provider, game, version };
}
