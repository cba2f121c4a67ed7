import { Injectable } from '@nestjs/common';
import { subjectId, type RoutingUpdate, type SubjectId, type SubjectRoute } from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { highestWeight, NO_WEIGHT, type Effect, type ReleasePlan, type Weights } from '@croupier/rollout';
import { DataSource } from 'typeorm';
import { dealtVersions } from './dealt-versions';
import { BUCKETS_PER_PERCENT, dealtBy, routeOf } from './subject-route';
import { StandingRepository, subjectOf, type Promotion } from './standing-repository';
import type { Subject } from './stored-standing';

/** What a release does to its subject's traffic. */
export interface Dealing {
  readonly plan: ReleasePlan;
  readonly effect: Extract<Effect, { readonly kind: 'set-weight' | 'promote-traffic' }>;
  /** Of the trace that the release belongs to. */
  readonly traceparent: string | null;
}

interface Dealt extends Subject {
  readonly stable: string | null;
  readonly canary: string | null;
  readonly weights: Weights;
  /** Where the release is; null for wherever its version is certified. */
  readonly markets: readonly string[] | null;
}

/** What the gateways deal by. All that changes at a time makes one new routing version. */
@Injectable()
export class RoutingRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly standings: StandingRepository,
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
    // Before any other row is locked: publishers wait for each other here, and nowhere else.
    const routingVersion = await this.nextVersion(tx);
    const dealt = dealtBySubject(dealings);
    await tx.query(
      `UPDATE subjects s SET canary_version = d.canary, canary_weights = d.weights,
         canary_markets = CASE WHEN d.canary IS NOT NULL THEN d.markets END,
         stable_version = coalesce(d.stable, s.stable_version)
       FROM jsonb_to_recordset($1::jsonb)
         AS d(provider text, game text, stable text, canary text, weights jsonb, markets jsonb)
       WHERE s.provider = d.provider AND s.game = d.game`,
      [JSON.stringify(dealt)],
    );
    await this.standings.promoted(tx, promotions(dealings), routingVersion);
    await this.store(tx, dealt, routingVersion, tracesOf(dealings));
    return routingVersion;
  }

  /** Whether new sessions get the version. Nothing is dealt anew until the transaction ends. */
  async isDealt(tx: Transaction, { provider, game }: Subject, version: string): Promise<boolean> {
    await tx.query('SELECT FROM routing FOR UPDATE');
    const [row] = await tx.query<{ route: SubjectRoute | null }[]>(
      'SELECT route FROM subjects WHERE provider = $1 AND game = $2',
      [provider, game],
    );
    return dealtBy(row?.route ?? null).includes(version);
  }

  /** Makes anew what the subjects are dealt by, and tells the bus. Publishers wait for each other: versions rise in order. */
  async publish(tx: Transaction, subjects: readonly Subject[]): Promise<number> {
    const routingVersion = await this.nextVersion(tx);
    await this.store(tx, subjects, routingVersion);
    return routingVersion;
  }

  private async nextVersion(tx: Transaction): Promise<number> {
    const [[row]] = await tx.query<[{ routing_version: string }[], number]>(
      'UPDATE routing SET routing_version = routing_version + 1 RETURNING routing_version',
    );
    return Number(row?.routing_version);
  }

  private async store(
    tx: Transaction,
    subjects: readonly Subject[],
    routingVersion: number,
    traces: Traces = new Map(),
  ): Promise<void> {
    const standings = await this.standings.of(tx, subjects);
    const routes = new Map(standings.map((standing) => [subjectOf(standing), routeOf(standing)]));
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
    await this.standings.noteLeft(tx, standings, routes);
    const changes = [...routes.values()].flatMap((route) => route ?? []);
    await this.outbox.append(tx, ...changes.map((route) => trafficChanged(route, routingVersion, traces)));
  }
}

/** The `traceparent` of the release that deals a subject anew; of several, of the last one. */
type Traces = ReadonlyMap<SubjectId, string>;

function tracesOf(dealings: readonly Dealing[]): Traces {
  return new Map(
    dealings.flatMap(({ plan, traceparent }) =>
      traceparent === null ? [] : [[subjectId(plan.provider, plan.game), traceparent] as const],
    ),
  );
}

function promotions(dealings: readonly Dealing[]): Promotion[] {
  return dealings.flatMap(({ plan, effect }) => {
    const { provider, game, version, markets } = plan;
    return effect.kind === 'promote-traffic' ? [{ provider, game, version, markets: markets ?? null }] : [];
  });
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
  const markets = plan.markets ?? null;
  if (effect.kind === 'promote-traffic')
    return { provider, game, stable: version, canary: null, weights: NO_WEIGHT, markets };
  const canary = highestWeight(effect.weights) > 0 ? version : null;
  return { provider, game, stable: null, canary, weights: effect.weights, markets };
}

function trafficChanged(
  route: SubjectRoute,
  routingVersion: number,
  traces: Traces,
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
    dealt: dealtVersions(route),
  };
  const subject = subjectId(provider, game);
  return newEvent('traffic.changed', change, {
    source: 'croupier/deployer',
    subject,
    traceparent: traces.get(subject),
  });
}
