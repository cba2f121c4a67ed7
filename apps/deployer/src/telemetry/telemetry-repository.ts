import { Injectable } from '@nestjs/common';
import type { MetricReport, TelemetryWindow } from '@croupier/contracts';
import type {
  Checkpoint,
  ObservationEntry,
  ReleaseTallies,
  TelemetryRead,
  TelemetrySource,
  WindowEntry,
} from '@croupier/orchestrator';
import { DataSource } from 'typeorm';

type WindowRow = Omit<WindowEntry, 'kind'>;
type ObservationRow = Omit<ObservationEntry, 'kind'>;

/** A gateway that has not reported for this long is not waited for. */
const GATEWAY_ALIVE_SECONDS = 3;
/** Windows are judged within seconds; a day of them is kept for whoever has to count again. */
const RETENTION = '1 day';

const HORIZON = `pg_snapshot_xmin(pg_current_snapshot())::text::bigint`;

/** What gateways and other sources have counted. An entry's position is the transaction that brought it. */
@Injectable()
export class TelemetryRepository implements TelemetrySource<ReleaseTallies> {
  constructor(private readonly dataSource: DataSource) {}

  /** Stores each window once, in one round trip. */
  async store(windows: readonly TelemetryWindow[]): Promise<void> {
    await this.dataSource.query(
      `WITH incoming AS (
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS w("gatewayId" uuid, sequence bigint, "startedAt" timestamptz,
           "endedAt" timestamptz, "routingVersion" bigint, counts jsonb)
       ), stored AS (
         INSERT INTO telemetry_windows (gateway_id, sequence, routing_version, started_at, ended_at, counts)
         SELECT "gatewayId", sequence, "routingVersion", "startedAt", "endedAt", counts FROM incoming
         ON CONFLICT DO NOTHING
       )
       INSERT INTO gateways (gateway_id, routing_version, last_seen_at)
       SELECT "gatewayId", max("routingVersion"), now() FROM incoming GROUP BY "gatewayId"
       ON CONFLICT (gateway_id) DO UPDATE SET last_seen_at = now(),
         routing_version = greatest(gateways.routing_version, excluded.routing_version)`,
      [JSON.stringify(windows)],
    );
  }

  /** Stores each observation once; those of no release's `webhook` metric are left out. Answers how many were new. */
  async observe(reports: readonly MetricReport[]): Promise<number> {
    const stored = await this.dataSource.query<unknown[]>(
      `INSERT INTO metric_observations
         (release_id, metric, source, sequence, started_at, trials, failures, stable_trials, stable_failures)
       SELECT o."releaseId", o.metric, o.source, o.sequence, coalesce(o."startedAt", now()), (o.canary ->> 'trials')::bigint,
         (o.canary ->> 'failures')::bigint, coalesce((o.stable ->> 'trials')::bigint, 0),
         coalesce((o.stable ->> 'failures')::bigint, 0)
       FROM jsonb_to_recordset($1::jsonb) AS o("releaseId" uuid, metric text, source text, sequence bigint,
         "startedAt" timestamptz, canary jsonb, stable jsonb)
       WHERE EXISTS (
         SELECT FROM releases r, jsonb_array_elements(r.state #> '{plan,analysis,metrics}') AS m
         WHERE r.id = o."releaseId" AND m ->> 'name' = o.metric AND m #>> '{source,kind}' = 'webhook')
       ON CONFLICT DO NOTHING RETURNING release_id`,
      [JSON.stringify(reports)],
    );
    return stored.length;
  }

  async read(since: number): Promise<TelemetryRead> {
    const [row] = await this.dataSource.query<
      { horizon: string; windows: WindowRow[]; observations: ObservationRow[] }[]
    >(
      `SELECT ${HORIZON} AS horizon,
         (SELECT coalesce(json_agg(json_build_object('id', gateway_id || '/' || sequence,
            'position', received_by::text::bigint, 'startedAt', (extract(epoch FROM started_at) * 1000)::bigint,
            'routingVersion', routing_version, 'counts', counts)), '[]')
          FROM telemetry_windows WHERE received_by >= $1::text::xid8) AS windows,
         (SELECT coalesce(json_agg(json_build_object(
            'id', release_id || '/' || metric || '/' || source || '/' || sequence,
            'position', received_by::text::bigint, 'startedAt', (extract(epoch FROM started_at) * 1000)::bigint,
            'releaseId', release_id, 'metric', metric,
            'canary', json_build_object('trials', trials, 'failures', failures),
            'stable', json_build_object('trials', stable_trials, 'failures', stable_failures))), '[]')
          FROM metric_observations WHERE received_by >= $1::text::xid8) AS observations`,
      [String(since)],
    );
    if (!row) throw new Error('A query without rows');
    return {
      horizon: Number(row.horizon),
      entries: [
        ...row.windows.map((window): WindowEntry => ({ kind: 'window', ...window })),
        ...row.observations.map((observation): ObservationEntry => ({ kind: 'observation', ...observation })),
      ],
    };
  }

  async horizon(): Promise<number> {
    const [row] = await this.dataSource.query<{ horizon: string }[]>(`SELECT ${HORIZON} AS horizon`);
    return Number(row?.horizon);
  }

  async routedEverywhere(): Promise<number | null> {
    const [row] = await this.dataSource.query<{ lowest: string | null }[]>(
      `SELECT min(routing_version) AS lowest FROM gateways
       WHERE last_seen_at > now() - make_interval(secs => $1)`,
      [GATEWAY_ALIVE_SECONDS],
    );
    return row?.lowest == null ? null : Number(row.lowest);
  }

  async loadCheckpoints(partitions: readonly number[]): Promise<readonly Checkpoint<ReleaseTallies>[]> {
    const rows = await this.dataSource.query<(Checkpoint<ReleaseTallies> & { since: string })[]>(
      'SELECT partition, since, seen, tallies FROM partition_tallies WHERE partition = ANY($1)',
      [partitions],
    );
    return rows.map((row) => ({ ...row, since: Number(row.since) }));
  }

  async saveCheckpoints(
    checkpoints: readonly (Checkpoint<ReleaseTallies> & { readonly token: number })[],
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE partition_tallies t SET since = c.since, seen = c.seen, tallies = c.tallies
       FROM jsonb_to_recordset($1::jsonb) AS c(partition integer, token bigint, since bigint, seen jsonb, tallies jsonb)
       JOIN partition_leases l ON l.partition = c.partition AND l.token = c.token
       WHERE t.partition = c.partition`,
      [JSON.stringify(checkpoints)],
    );
  }

  async forgetOld(): Promise<void> {
    for (const table of ['telemetry_windows', 'metric_observations'])
      await this.dataSource.query(`DELETE FROM ${table} WHERE received_at < now() - interval '${RETENTION}'`);
  }
}
