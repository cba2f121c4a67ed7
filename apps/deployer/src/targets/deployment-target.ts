import type { GameManifest } from '@croupier/contracts';

export type DeploymentEnvironment = 'staging' | 'production';

/** One version in one environment. */
export interface WorkloadSpec {
  readonly environment: DeploymentEnvironment;
  readonly manifestUrl: string;
  /** SHA-256 of the manifest; names the workload's files. */
  readonly digest: string;
  readonly manifest: GameManifest;
}

/**
 * Where versions run. Both calls are safe to repeat. The fencing token is that of the caller's lease: a target that
 * several callers share refuses one lower than it has seen for the workload.
 */
export abstract class DeploymentTarget {
  /** Brings the version up and answers its base URL once it is healthy. */
  abstract deploy(spec: WorkloadSpec, fencingToken: number): Promise<{ endpoint: string }>;
  abstract remove(spec: WorkloadSpec, fencingToken: number): Promise<void>;
  /** Calls back when a workload ends that nobody asked to end. */
  abstract onLost(listener: (spec: WorkloadSpec, reason: string) => void): void;
}
