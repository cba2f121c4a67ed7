export const CAUSES = ['rollout.promoted', 'rollout.rolled_back', 'operator'] as const;
export type Cause = (typeof CAUSES)[number];

export interface Purge {
  readonly cause: Cause;
  readonly reason: string;
  readonly releaseId: string | null;
  readonly prefix: string;
}

/** What one purge did to one target. */
export interface Invalidation extends Purge {
  readonly id: string;
  readonly target: string;
  readonly keysRemoved: number;
  readonly durationMs: number;
  readonly at: Date;
}
