import { Injectable } from '@nestjs/common';
import type { TelemetryWindow } from '@croupier/contracts';
import { DataSource } from 'typeorm';

/** Requests of one version, summed over gateways, markets and windows. */
export interface VersionCounts {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

/** A gateway that has not reported for this long is not waited for. */
const GATEWAY_ALIVE_SECONDS = 3;
/** Windows are judged within seconds; a day of them is kept for people. */
const RETENTION = '1 day';

@Injectable()
export class TelemetryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores each window once, in one round trip: the counts of a window already known are left out. */
  async store(windows: readonly TelemetryWindow[]): Promise<void> {
    await this.dataSource.query(
      `WITH incoming AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS w("gatewayId" uuid, sequence bigint, "startedAt" timestamptz,
           "endedAt" timestamptz, "routingVersion" bigint, counts jsonb)
       ), fresh AS (
         INSERT INTO telemetry_windows (gateway_id, sequence, routing_version, started_at, ended_at)
         SELECT "gatewayId", sequence, "routingVersion", "startedAt", "endedAt" FROM incoming
         ON CONFLICT DO NOTHING RETURNING gateway_id, sequence
       ), seen AS (
         INSERT INTO gateways (gateway_id, routing_version, last_seen_at)
         SELECT "gatewayId", max("routingVersion"), now() FROM incoming GROUP BY "gatewayId"
         ON CONFLICT (gateway_id) DO UPDATE SET last_seen_at = now(),
           routing_version = greatest(gateways.routing_version, excluded.routing_version)
       )
       INSERT INTO telemetry_counts (provider, game, version, market, routing_version, launches, requests, errors, slow)
       SELECT c.provider, c.game, c.version, c.market, i."routingVersion", c.launches, c.requests, c.errors, c.slow
       FROM incoming i
       JOIN fresh f ON f.gateway_id = i."gatewayId" AND f.sequence = i.sequence
       CROSS JOIN LATERAL jsonb_to_recordset(i.counts) AS c(provider text, game text, version text, market text,
         launches integer, requests integer, errors integer, slow integer)`,
      [JSON.stringify(windows)],
    );
  }

  /** Counts of a version in windows dealt by `sinceRoutingVersion` or a later snapshot. */
  async countsOf(
    provider: string,
    game: string,
    version: string,
    sinceRoutingVersion: number,
  ): Promise<VersionCounts> {
    const [row] = await this.dataSource.query<{ requests: string; errors: string; slow: string }[]>(
      `SELECT coalesce(sum(requests), 0) AS requests, coalesce(sum(errors), 0) AS errors, coalesce(sum(slow), 0) AS slow
       FROM telemetry_counts
       WHERE provider = $1 AND game = $2 AND version = $3 AND routing_version >= $4`,
      [provider, game, version, sinceRoutingVersion],
    );
    return { requests: Number(row?.requests), errors: Number(row?.errors), slow: Number(row?.slow) };
  }

  /** The lowest routing version among live gateways, or null when none is alive. */
  async routingVersionEverywhere(): Promise<number | null> {
    const [row] = await this.dataSource.query<{ lowest: string | null }[]>(
      `SELECT min(routing_version) AS lowest FROM gateways
       WHERE last_seen_at > now() - make_interval(secs => $1)`,
      [GATEWAY_ALIVE_SECONDS],
    );
    return row?.lowest == null ? null : Number(row.lowest);
  }

  async forgetOld(): Promise<void> {
    for (const table of ['telemetry_windows', 'telemetry_counts'])
      await this.dataSource.query(`DELETE FROM ${table} WHERE received_at < now() - interval '${RETENTION}'`);
  }
}
