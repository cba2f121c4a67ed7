import type { PipelineSuite, ReleaseId } from '@croupier/contracts';
import type { WorkloadSpec } from '../targets/deployment-target';

/** What is to be proven, and where it answers. */
export interface PipelineJob {
  readonly releaseId: ReleaseId;
  readonly spec: WorkloadSpec;
  readonly endpoint: string;
  /** Makes players, idempotency keys and the run of an outside pipeline its own: the same for every repetition. */
  readonly runId: string;
}

export interface PipelineResult {
  readonly outcome: 'passed' | 'failed' | 'cancelled';
  /** For the timeline: which check failed and how, in a sentence; empty when all passed. */
  readonly reason: string;
  readonly suites: readonly PipelineSuite[];
  /** The end of what it wrote. */
  readonly log: string;
}

export type PipelineState =
  | { readonly kind: 'running'; readonly externalId: string; readonly url: string | null }
  | { readonly kind: 'ended'; readonly url: string | null; readonly result: PipelineResult };

/** What proves a version on staging before it may meet a player. */
export abstract class PipelineRunner {
  /** Begins, or finds what an earlier call has begun for the same `runId`. What is short may end within the call. */
  abstract start(job: PipelineJob): Promise<PipelineState>;
  abstract poll(externalId: string, job: Omit<PipelineJob, 'endpoint'>): Promise<PipelineState>;
  /** Safe to repeat. */
  abstract cancel(externalId: string, job: Omit<PipelineJob, 'endpoint'>): Promise<void>;
}

export const MAX_LOG_LENGTH = 64 * 1024;

/** What a pipeline outside is told of its run, as variables or parameters. */
export function parametersOf({
  runId,
  spec: { manifest, digest },
  endpoint,
}: PipelineJob): Record<string, string> {
  return {
    [RUN_ID]: runId,
    CROUPIER_ENDPOINT: endpoint,
    CROUPIER_PROVIDER: manifest.provider,
    CROUPIER_GAME: manifest.game,
    CROUPIER_VERSION: manifest.version,
    CROUPIER_DIGEST: digest,
  };
}

export const RUN_ID = 'CROUPIER_RUN_ID';

/** In a sentence, what failed first. */
export function reasonOf(suites: readonly PipelineSuite[], otherwise: string): string {
  const suite = suites.find(({ failures }) => failures.length > 0);
  const failure = suite?.failures[0];
  return failure ? `${suite.name}, ${failure.name}: ${failure.message}` : otherwise;
}
