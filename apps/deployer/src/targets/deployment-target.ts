import type { GameManifest, ReleaseId } from '@croupier/contracts';

export type DeploymentEnvironment = 'staging' | 'production';

/** One version in one environment. */
export interface WorkloadSpec {
  readonly environment: DeploymentEnvironment;
  readonly manifestUrl: string;
  /** SHA-256 of the manifest; names the workload's files. */
  readonly digest: string;
  readonly manifest: GameManifest;
}

/** For what a target is called. It is written where the change can be seen: a commit, a Helm revision. */
export interface DeploymentCause {
  /** Null when a workload is only brought back as it was, which is nobody's release. */
  readonly releaseId: ReleaseId | null;
  /** The same for every repetition. */
  readonly effectKey: string;
  /** That of the caller's lease; null for what is already decided and needs none. */
  readonly fencingToken: number | null;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Where versions run. Both calls are safe to repeat. A target that several callers share refuses a fencing token lower
 * than one it has seen for the workload.
 */
export abstract class DeploymentTarget {
  /** Brings the version up and answers its base URL once it is healthy. */
  abstract deploy(spec: WorkloadSpec, cause: DeploymentCause): Promise<{ endpoint: string }>;
  abstract remove(spec: WorkloadSpec, cause: DeploymentCause): Promise<void>;
  /** Calls back when a workload ends that nobody asked to end. */
  onLost(_listener: (spec: WorkloadSpec, reason: string) => void): void {
    // Most are not told: what fails there is seen in the telemetry.
  }
}

/** Somebody with a newer lease has acted: nothing is changed. */
export class StaleFencingToken extends Error {
  constructor(workload: string, seen: number, token: number) {
    super(`${workload} was last changed under fencing token ${seen}, and this call has ${token}`);
    this.name = 'StaleFencingToken';
  }
}

/** @throws StaleFencingToken */
export function refuseStale(workload: string, seen: number | null, { fencingToken }: DeploymentCause): void {
  if (seen !== null && fencingToken !== null && fencingToken < seen)
    throw new StaleFencingToken(workload, seen, fencingToken);
}
