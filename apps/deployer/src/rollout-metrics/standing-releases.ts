import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import { shared } from '@croupier/service-kit';
import { DataSource } from 'typeorm';

export interface RolloutUnderWay {
  readonly id: ReleaseId;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly weightPercent: number;
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  /** Null until the step has taken hold. */
  readonly stepAgeSeconds: number | null;
}

export interface StatusCount {
  readonly status: string;
  readonly count: number;
  readonly oldestSeconds: number;
}

/** One more than any gauge tells, so that it is seen when there are more. */
const ROWS = 201;

/** Releases as they are stored at the moment of a scrape. The gauges of one scrape share one answer. */
@Injectable()
export class StandingReleases {
  private readonly underWayNow = shared(() => this.readUnderWay());
  private readonly byStatusNow = shared(() => this.readByStatus());

  constructor(private readonly dataSource: DataSource) {}

  /** Rollouts with traffic, the latest change first. */
  underWay(): Promise<readonly RolloutUnderWay[]> {
    return this.underWayNow();
  }

  byStatus(): Promise<readonly StatusCount[]> {
    return this.byStatusNow();
  }

  private readUnderWay(): Promise<RolloutUnderWay[]> {
    return this.dataSource.query(
      `SELECT id, provider, game, version, weight_percent::float8 AS "weightPercent", steps,
         (step ->> 'stepIndex')::int + 1 AS step,
         extract(epoch FROM clock_timestamp())::float8 - (step ->> 'stepStartedAt')::float8 / 1000 AS "stepAgeSeconds"
       FROM (
         SELECT *, coalesce(state #> '{phase,resumeTo}', state -> 'phase') AS step,
           jsonb_array_length(state #> '{plan,steps}') AS steps
         FROM releases WHERE active AND status IN ('progressing', 'paused')
         ORDER BY updated_at DESC LIMIT ${ROWS}) r`,
    );
  }

  private readByStatus(): Promise<StatusCount[]> {
    return this.dataSource.query(
      `SELECT status, count(*)::int AS count,
         extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS "oldestSeconds"
       FROM releases WHERE NOT finished GROUP BY status`,
    );
  }
}
