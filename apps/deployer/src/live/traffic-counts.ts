import { Injectable } from '@nestjs/common';
import { subjectId } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import type { Comparison } from './live-releases';

/** What all gateways counted of one version in one bucket of time. */
export interface BucketCount {
  /** When the bucket begins, in epoch milliseconds. */
  readonly at: number;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

export interface Span {
  readonly from: Date;
  /** Not included. */
  readonly until: Date;
}

@Injectable()
export class TrafficCounts {
  constructor(private readonly dataSource: DataSource) {}

  /** By the end of the windows, which are a quarter of a second long. */
  async within(
    { from, until }: Span,
    bucketMs: number,
    comparisons: readonly Comparison[],
  ): Promise<BucketCount[]> {
    if (comparisons.length === 0) return [];
    return this.dataSource.query(
      `SELECT (floor(extract(epoch FROM w.ended_at) * 1000 / $3) * $3)::float8 AS at, c.provider, c.game, c.version,
         sum(c.requests)::float8 AS requests, sum(c.errors)::float8 AS errors, sum(c.slow)::float8 AS slow
       FROM telemetry_windows w, jsonb_to_recordset(w.counts)
         AS c(provider text, game text, version text, requests bigint, errors bigint, slow bigint)
       WHERE w.ended_at >= $1 AND w.ended_at < $2 AND c.provider || '/' || c.game = ANY($4)
       GROUP BY 1, 2, 3, 4`,
      [from, until, bucketMs, comparisons.map(({ provider, game }) => subjectId(provider, game))],
    );
  }
}
