import { Injectable } from '@nestjs/common';
import {
  subjectId,
  type GameManifest,
  type RoutedVersion,
  type RoutingUpdate,
  type SubjectId,
  type SubjectRoute,
} from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { highestWeight, NO_WEIGHT, type Effect, type ReleasePlan, type Weights } from '@croupier/rollout';
import { DataSource } from 'typeorm';

interface SubjectRow {
  readonly provider: string;
  readonly game: string;
  readonly salt: string;
  readonly stable_version: string | null;
  readonly canary_version: string | null;
  readonly canary_weights: Weights;
}

interface WorkloadRow {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly digest: string;
  readonly manifest_url: string;
  readonly manifest: GameManifest;
  readonly endpoint: string;
}

export interface Subject {
  readonly provider: string;
  readonly game: string;
}

/** What a release does to its subject's traffic. */
export interface Dealing {
  readonly plan: ReleasePlan;
  readonly effect: Extract<Effect, { readonly kind: 'set-weight' | 'promote-traffic' }>;
}

interface Dealt extends Subject {
  readonly stable: string | null;
  readonly canary: string | null;
  readonly weights: Weights;
}

const BUCKETS_PER_PERCENT = 100;

/** What the gateways deal by. All that changes at a time makes one new routing version. */
@Injectable()
export class RoutingRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async version(): Promise<number> {
    const [row] = await this.dataSource.query<{ routing_version: string }[]>(
      'SELECT routing_version FROM routing',
    );
    return Number(row?.routing_version ?? 0);
  }

  /** What has changed since a version; all there is for a version that has never been. */
  async updateSince(after: number): Promise<RoutingUpdate> {
    const [row] = await this.dataSource.query<
      {
        routing_version: string;
        since: string | null;
        changed: (Subject & { route: SubjectRoute | null })[];
      }[]
    >(
      `SELECT r.routing_version, CASE WHEN $1 BETWEEN 1 AND r.routing_version THEN $1::bigint END AS since,
         (SELECT coalesce(json_agg(json_build_object('provider', s.provider, 'game', s.game, 'route', s.route)), '[]')
          FROM subjects s
          WHERE s.routing_version > CASE WHEN $1 BETWEEN 1 AND r.routing_version THEN $1 ELSE 0 END) AS changed
       FROM routing r`,
      [after],
    );
    if (!row) throw new Error('There is no routing');
    return {
      routingVersion: Number(row.routing_version),
      since: row.since === null ? null : Number(row.since),
      subjects: row.changed.flatMap(({ route }) => route ?? []),
      gone: row.changed.flatMap(({ provider, game, route }) => (route === null ? [{ provider, game }] : [])),
    };
  }

  async stableVersion(provider: string, game: string): Promise<string | null> {
    const subject = subjectId(provider, game);
    return (await this.stableVersions([subject])).get(subject) ?? null;
  }

  async stableVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.dataSource.query<{ subject: string; stable_version: string }[]>(
      `SELECT provider || '/' || game AS subject, stable_version FROM subjects
       WHERE (provider, game) IN (SELECT split_part(s, '/', 1), split_part(s, '/', 2) FROM unnest($1::text[]) AS s)
         AND stable_version IS NOT NULL`,
      [subjects],
    );
    return new Map(rows.map(({ subject, stable_version }) => [subject, stable_version]));
  }

  /** The salt is drawn once for a subject, and for good: a player's bucket must not change. */
  async ensureSubject(tx: Transaction, provider: string, game: string): Promise<void> {
    const salt = Math.floor(Math.random() * 0x1_0000_0000);
    await tx.query(`INSERT INTO subjects (provider, game, salt) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, [
      provider,
      game,
      salt,
    ]);
  }

  /** Answers the routing version that carries all of it. */
  async deal(tx: Transaction, dealings: readonly Dealing[]): Promise<number> {
    const dealt = dealtBySubject(dealings);
    await tx.query(
      `UPDATE subjects s SET canary_version = d.canary, canary_weights = d.weights,
         stable_version = coalesce(d.stable, s.stable_version)
       FROM jsonb_to_recordset($1::jsonb) AS d(provider text, game text, stable text, canary text, weights jsonb)
       WHERE s.provider = d.provider AND s.game = d.game`,
      [JSON.stringify(dealt)],
    );
    return this.publish(tx, dealt);
  }

  /** Makes anew what the subjects are dealt by, and tells the bus. Publishers wait for each other: versions rise in order. */
  async publish(tx: Transaction, subjects: readonly Subject[]): Promise<number> {
    const [[row]] = await tx.query<[{ routing_version: string }[], number]>(
      'UPDATE routing SET routing_version = routing_version + 1 RETURNING routing_version',
    );
    const routingVersion = Number(row?.routing_version);
    const routes = await this.routesOf(tx, subjects);
    await tx.query(
      `UPDATE subjects s SET route = r.route, routing_version = $2
       FROM jsonb_to_recordset($1::jsonb) AS r(provider text, game text, route jsonb)
       WHERE s.provider = r.provider AND s.game = r.game`,
      [
        JSON.stringify(
          subjects.map(({ provider, game }) => ({
            provider,
            game,
            route: routes.get(subjectId(provider, game)) ?? null,
          })),
        ),
        routingVersion,
      ],
    );
    await this.outbox.append(
      tx,
      ...[...routes.values()].map((route) => trafficChanged(route, routingVersion)),
    );
    return routingVersion;
  }

  private async routesOf(
    tx: Transaction,
    subjects: readonly Subject[],
  ): Promise<Map<SubjectId, SubjectRoute>> {
    const wanted = `(provider, game) IN (SELECT w.provider, w.game
      FROM jsonb_to_recordset($1::jsonb) AS w(provider text, game text))`;
    const parameters = [JSON.stringify(subjects)];
    const rows = await tx.query<SubjectRow[]>(
      `SELECT * FROM subjects WHERE stable_version IS NOT NULL AND ${wanted}`,
      parameters,
    );
    const workloads = await tx.query<WorkloadRow[]>(
      `SELECT * FROM workloads WHERE environment = 'production' AND running AND endpoint IS NOT NULL AND ${wanted}`,
      parameters,
    );
    const bySubject = versionsBySubject(workloads);
    const routes = rows.flatMap((row): [SubjectId, SubjectRoute][] => {
      const subject = subjectId(row.provider, row.game);
      const route = routeOf(row, bySubject.get(subject) ?? []);
      return route === null ? [] : [[subject, route]];
    });
    return new Map(routes);
  }
}

/** Of several of one subject the last one holds, but what one of them has promoted stays stable. */
function dealtBySubject(dealings: readonly Dealing[]): Dealt[] {
  const bySubject = new Map<SubjectId, Dealt>();
  for (const dealing of dealings) {
    const subject = subjectId(dealing.plan.provider, dealing.plan.game);
    const next = dealtOf(dealing);
    bySubject.set(subject, { ...next, stable: next.stable ?? bySubject.get(subject)?.stable ?? null });
  }
  return [...bySubject.values()];
}

function dealtOf({ plan, effect }: Dealing): Dealt {
  const { provider, game, version } = plan;
  if (effect.kind === 'promote-traffic')
    return { provider, game, stable: version, canary: null, weights: NO_WEIGHT };
  const canary = highestWeight(effect.weights) > 0 ? version : null;
  return { provider, game, stable: null, canary, weights: effect.weights };
}

function routeOf(row: SubjectRow, versions: readonly RoutedVersion[]): SubjectRoute | null {
  const stable = versions.find(({ version }) => version === row.stable_version);
  if (!stable) return null;
  const canary = versions.find(({ version }) => version === row.canary_version) ?? null;
  const weights = canary ? row.canary_weights : NO_WEIGHT;
  return {
    provider: row.provider,
    game: row.game,
    salt: Number(row.salt),
    stable,
    canary,
    canaryBuckets: bucketsOf(weights.elsewhere),
    marketBuckets: Object.fromEntries(
      Object.entries(weights.markets).map(([market, percent]) => [market, bucketsOf(percent)]),
    ),
    draining: versions.filter((version) => version !== stable && version !== canary),
    fallbacks: [],
    revoked: [],
  };
}

function bucketsOf(percent: number): number {
  return Math.round(percent * BUCKETS_PER_PERCENT);
}

function trafficChanged(
  route: SubjectRoute,
  routingVersion: number,
): ReturnType<typeof newEvent<'traffic.changed'>> {
  const { provider, game, stable, canary, canaryBuckets, marketBuckets } = route;
  const buckets = Math.max(canaryBuckets, ...Object.values(marketBuckets));
  const change = {
    provider,
    game,
    routingVersion,
    stableVersion: stable.version,
    canaryVersion: canary?.version ?? null,
    canaryWeightPercent: buckets / BUCKETS_PER_PERCENT,
  };
  return newEvent('traffic.changed', change, { source: 'croupier/deployer', subject: `${provider}/${game}` });
}

function versionsBySubject(workloads: readonly WorkloadRow[]): Map<SubjectId, RoutedVersion[]> {
  const bySubject = new Map<SubjectId, RoutedVersion[]>();
  for (const row of workloads) {
    const subject = subjectId(row.provider, row.game);
    const versions = bySubject.get(subject);
    if (versions) versions.push(routed(row));
    else bySubject.set(subject, [routed(row)]);
  }
  return bySubject;
}

function routed(row: WorkloadRow): RoutedVersion {
  return {
    version: row.version,
    digest: row.digest,
    manifestUrl: row.manifest_url,
    endpoint: row.endpoint,
    markets: row.manifest.markets,
  };
}
