import { Injectable } from '@nestjs/common';
import { OutboundHttp, OutboundHttpError } from '@croupier/service-kit';
import { z } from 'zod';
import { MetricFault, SourceFault } from './faults';
import { PrometheusConfig } from './prometheus-config';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite. */
  readonly value: number;
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries; `warnings` tell that it is not all. */
const InstantAnswer = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).default([]),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string().transform(numberOf)]),
      }),
    ),
  }),
});

/** Of one attempt; Prometheus is told, and gives up as well. */
const TIMEOUT_MS = 2_000;
const ATTEMPTS = 2;
/** One metric has four samples of a few labels. */
const MAX_BYTES = 64 * 1024;
/** A bad query, one that cannot be evaluated or takes too long; and, from what is before Prometheus, one too long to send. */
const REFUSALS = new Set([400, 422, 503, 413, 414, 431]);

/** Asks the HTTP API of Prometheus. */
@Injectable()
export class PrometheusClient {
  constructor(
    private readonly http: OutboundHttp,
    private readonly config: PrometheusConfig,
  ) {}

  /** Evaluates PromQL at this moment. @throws MetricFault, SourceFault */
  async instant(query: string): Promise<readonly Sample[]> {
    const parsed = InstantAnswer.safeParse(await this.ask(query));
    if (!parsed.success)
      throw new MetricFault(`Prometheus answers no samples: ${z.prettifyError(parsed.error)}`);
    const { warnings, data } = parsed.data;
    if (warnings.length > 0)
      throw new MetricFault(`Prometheus has only a part of it: ${warnings.join('; ')}`);
    return data.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
  }

  private async ask(query: string): Promise<unknown> {
    const parameters = new URLSearchParams({ query, timeout: `${TIMEOUT_MS}ms` });
    const url = `${this.config.url}/api/v1/query`;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.config.token !== null) headers['authorization'] = `Bearer ${this.config.token}`;
    try {
      return await this.http.postJson(`${url}?${parameters.toString()}`, undefined, {
        headers,
        timeoutMs: TIMEOUT_MS,
        attempts: ATTEMPTS,
        maxBytes: MAX_BYTES,
      });
    } catch (error) {
      const reason = (error as Error).message.replaceAll(`?${parameters.toString()}`, '');
      throw isOfQuery(error) ? new MetricFault(reason) : new SourceFault(reason);
    }
  }
}

/** Whether another query may fare better. */
function isOfQuery(error: unknown): boolean {
  if (!(error instanceof OutboundHttpError)) return false;
  const { kind, status } = error;
  return kind === 'timeout' || kind === 'too-large' || (kind === 'status' && REFUSALS.has(status ?? 0));
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
