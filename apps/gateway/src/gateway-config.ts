import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BaseConfig, Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().min(1);

const GatewayConfigSchema = BaseConfig.pick({ SERVICE_TOKEN: true }).extend({
  /** Signs session tokens. All gateways of an installation need the same one. */
  SESSION_SECRET: z
    .string({ error: 'is needed: a random text of at least 32 bytes, the same for all gateways' })
    .refine((secret) => Buffer.byteLength(secret) >= 32, 'must have at least 32 bytes'),
  SESSION_TTL_SECONDS: z.coerce
    .number()
    .int()
    .min(60)
    .max(7 * 24 * 3600)
    .default(4 * 3600),
  /** A response that takes longer counts as slow. */
  LATENCY_THRESHOLD_MS: milliseconds.default(200),
  /** For a game server to begin its answer, and between two parts of it. */
  UPSTREAM_TIMEOUT_MS: milliseconds.default(10_000),
  /** Requests under way to one version before more are refused: a hanging version takes nobody down with it. */
  UPSTREAM_MAX_IN_FLIGHT: z.coerce.number().int().min(1).default(1_000),
  /** Processes that deal players, beside the one that looks after them. */
  GATEWAY_WORKERS: z.coerce.number().int().min(1).max(256).default(1),
  /** Where the last good routing snapshot is kept for a cold start. */
  STATE_DIR: z.string().min(1).optional(),
});

/** The gateway's own variables, with their defaults, and its identity for this boot. */
@Injectable()
export class GatewayConfig {
  readonly gatewayId = randomUUID();
  readonly serviceToken: string;
  readonly sessionSecret: string;
  readonly sessionTtlSeconds: number;
  readonly latencyThresholdMs: number;
  readonly upstreamTimeoutMs: number;
  readonly upstreamMaxInFlight: number;
  readonly workers: number;
  readonly stateDirectory: string | undefined;

  constructor(environment: Environment) {
    const config = loadConfig(GatewayConfigSchema, environment);
    this.serviceToken = config.SERVICE_TOKEN;
    this.sessionSecret = config.SESSION_SECRET;
    this.sessionTtlSeconds = config.SESSION_TTL_SECONDS;
    this.latencyThresholdMs = config.LATENCY_THRESHOLD_MS;
    this.upstreamTimeoutMs = config.UPSTREAM_TIMEOUT_MS;
    this.upstreamMaxInFlight = config.UPSTREAM_MAX_IN_FLIGHT;
    this.workers = config.GATEWAY_WORKERS;
    this.stateDirectory = config.STATE_DIR;
  }
}
