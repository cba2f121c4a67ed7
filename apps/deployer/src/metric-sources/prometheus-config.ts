import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const PrometheusConfigSchema = z.object({
  /** Base URL of the HTTP API: Prometheus, or what speaks as it does (Thanos, Mimir, VictoriaMetrics). */
  PROMETHEUS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
    .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
      error: 'must not have a user or a password in it; PROMETHEUS_TOKEN is for secrets',
    })
    .default('http://127.0.0.1:9090'),
  PROMETHEUS_TOKEN: z.string().min(1, 'must not be empty').optional(),
  PROMETHEUS_INTERVAL_MS: z.coerce.number().int().min(100).max(3_600_000).default(1_000),
});

/** Where metrics with source `prometheus` are asked for, and how often. */
export class PrometheusConfig {
  /** Without a slash at its end. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token: string | null;
  /** Between two looks at one metric of one release. */
  readonly intervalMs: number;

  constructor(environment: Environment) {
    const config = loadConfig(PrometheusConfigSchema, environment);
    this.url = config.PROMETHEUS_URL.replace(/\/+$/, '');
    this.token = config.PROMETHEUS_TOKEN ?? null;
    this.intervalMs = config.PROMETHEUS_INTERVAL_MS;
  }
}
