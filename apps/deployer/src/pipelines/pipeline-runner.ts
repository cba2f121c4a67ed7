export interface PipelineSubject {
  readonly endpoint: string;
  readonly version: string;
  /** Makes players and idempotency keys of this run its own. */
  readonly runId: string;
}

export type PipelineResult =
  | { readonly kind: 'passed'; readonly checks: readonly string[] }
  | { readonly kind: 'failed'; readonly check: string; readonly reason: string };

/** What proves a version on staging before it may meet a player. */
export abstract class PipelineRunner {
  abstract run(subject: PipelineSubject): Promise<PipelineResult>;
}
