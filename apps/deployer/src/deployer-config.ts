import { z } from 'zod';
import { Environment, loadConfig } from '@croupier/service-kit';

const milliseconds = z.coerce.number().int().min(1);

const DeployerConfigSchema = z
  .object({
    /** Where the local target keeps the files of workloads. */
    STATE_DIR: z.string().default('.croupier'),
    /** Null hypothesis of the error metric: the share of failed requests that is still tolerated. */
    ERROR_RATE_THRESHOLD: z.coerce.number().gt(0).lt(1).default(0.01),
    /** `p95 > limit` is `P(latency > limit) > 0.05`; the gateway counts what is over its latency limit. */
    SLOW_SHARE_THRESHOLD: z.coerce.number().gt(0).lt(1).default(0.05),
    /** False rollbacks of one whole rollout, over all its metrics. */
    ANALYSIS_ALPHA: z.coerce.number().gt(0).lt(1).default(0.001),
    /** False health of one step. */
    ANALYSIS_BETA: z.coerce.number().gt(0).lt(1).default(0.05),
    STEP_MIN_DURATION_MS: milliseconds.default(60_000),
    STEP_MIN_REQUESTS: z.coerce.number().int().min(0).default(100),
    STEP_DEADLINE_MS: milliseconds.default(30 * 60_000),
    /** How long people have for the approvals of a release, unless its policy says. */
    APPROVAL_EXPIRES_MS: milliseconds.default(7 * 24 * 60 * 60_000),
    /** How long a version that lost its traffic is kept for sessions that are still open. */
    DRAIN_MS: milliseconds.default(4 * 60 * 60_000),
    /** Hosts, by comma, whose game servers players may be sent to: those of manifests with `server.runtime` remote. */
    REMOTE_SERVER_HOSTS: z
      .string()
      .default('')
      .transform((hosts) => hosts.split(',').flatMap((host) => host.trim() || [])),
    /** Releases between their start and their first traffic, at a time, of one replica. */
    STARTING_AT_ONCE: z.coerce.number().int().min(1).max(1_000).default(32),
    /** Longest time for one deployment, test run or migration. */
    EFFECT_DEADLINE_MS: milliseconds.default(10 * 60_000),
  })
  .refine((config) => config.STEP_DEADLINE_MS > config.STEP_MIN_DURATION_MS, {
    path: ['STEP_DEADLINE_MS'],
    error: 'must be over STEP_MIN_DURATION_MS',
  });

/** The deployer's own variables, with their defaults. */
export class DeployerConfig {
  readonly stateDirectory: string;
  readonly errorRateThreshold: number;
  readonly slowShareThreshold: number;
  readonly alpha: number;
  readonly beta: number;
  readonly stepMinDurationMs: number;
  readonly stepMinRequests: number;
  readonly stepDeadlineMs: number;
  readonly approvalExpiresMs: number;
  readonly drainMs: number;
  readonly effectDeadlineMs: number;
  readonly remoteServerHosts: readonly string[];
  readonly startingAtOnce: number;

  constructor(environment: Environment) {
    const config = loadConfig(DeployerConfigSchema, environment);
    this.stateDirectory = config.STATE_DIR;
    this.errorRateThreshold = config.ERROR_RATE_THRESHOLD;
    this.slowShareThreshold = config.SLOW_SHARE_THRESHOLD;
    this.alpha = config.ANALYSIS_ALPHA;
    this.beta = config.ANALYSIS_BETA;
    this.stepMinDurationMs = config.STEP_MIN_DURATION_MS;
    this.stepMinRequests = config.STEP_MIN_REQUESTS;
    this.stepDeadlineMs = config.STEP_DEADLINE_MS;
    this.approvalExpiresMs = config.APPROVAL_EXPIRES_MS;
    this.drainMs = config.DRAIN_MS;
    this.effectDeadlineMs = config.EFFECT_DEADLINE_MS;
    this.remoteServerHosts = config.REMOTE_SERVER_HOSTS;
    this.startingAtOnce = config.STARTING_AT_ONCE;
  }
}
