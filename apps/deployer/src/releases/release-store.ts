import { Injectable } from '@nestjs/common';
import type { ReleaseId, SubjectRoute } from '@croupier/contracts';
import {
  isTraffic,
  TRAFFIC_KINDS,
  type Changes,
  type DealtVersions,
  type Ground,
  type Lease,
  type PendingEffect,
  type ReleaseStore,
  type StoredRelease,
  type Telling,
  type Told,
} from '@croupier/orchestrator';
import { decide, evolve, highestWeight, type Decision, type RolloutState } from '@croupier/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { LeaseRepository } from '../leases/lease-repository';
import { RoutingRepository, type Dealing } from '../routing/routing-repository';
import { clearedOf, StandingRepository } from '../routing/standing-repository';
import { STORED_COLUMNS, storedOf, type StoredRow } from './release-record';
import { pendingOf, ReleaseWriter, type Written } from './release-writer';

interface LockedRow extends StoredRow {
  readonly last_hash: string;
  readonly flags: readonly string[];
  readonly traceparent: string | null;
}

interface GroundRow {
  readonly id: ReleaseId;
  readonly markets: readonly string[];
  /** What the release adds to a stable version; null for any other release. */
  readonly added: readonly string[] | null;
  readonly route: SubjectRoute | null;
  readonly certified: readonly string[] | null;
  readonly revoked: boolean;
}

interface RoutedDealing extends Dealing {
  readonly releaseId: StoredRelease['id'];
}

/** The orchestrator's stores in PostgreSQL. */
@Injectable()
export class PostgresReleaseStore implements ReleaseStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly leases: LeaseRepository,
    private readonly writer: ReleaseWriter,
    private readonly routing: RoutingRepository,
    private readonly standings: StandingRepository,
  ) {}

  /**
   * One round trip. The cursor is the oldest transaction that was still under way: what it changes has not been seen,
   * and a row of any older one has.
   */
  async changes(partitions: readonly number[], cursor: string | null): Promise<Changes> {
    const [row] = await this.dataSource.query<
      { cursor: string; releases: StoredRow[]; effects: Parameters<typeof pendingOf>[0][] }[]
    >(
      `WITH changed AS (
         SELECT ${STORED_COLUMNS} FROM releases r
         WHERE partition = ANY($1) AND CASE WHEN $2::text IS NULL
           THEN NOT finished OR EXISTS (SELECT FROM effects e WHERE e.release_id = r.id AND e.done_at IS NULL)
           ELSE changed_by >= $2::text::xid8 END
       )
       SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS cursor,
         (SELECT coalesce(json_agg(c), '[]') FROM changed c) AS releases,
         (SELECT coalesce(json_agg(json_build_object('release_id', e.release_id, 'sequence', e.sequence, 'effect', e.effect)), '[]')
          FROM effects e WHERE e.done_at IS NULL AND e.release_id IN (SELECT id FROM changed)) AS effects`,
      [partitions, cursor],
    );
    if (!row) throw new Error('A query without rows');
    return { cursor: row.cursor, releases: row.releases.map(storedOf), effects: row.effects.map(pendingOf) };
  }

  async tell(tellings: readonly Telling[], leases: readonly Lease[], now: number): Promise<readonly Told[]> {
    return this.dataSource.transaction(async (tx) => {
      await this.leases.fence(tx, leases);
      return this.tellWithin(tx, tellings, now);
    });
  }

  /** For callers with a transaction of their own. A release that is not known is left out. */
  async tellWithin(tx: EntityManager, tellings: readonly Telling[], now: number): Promise<Told[]> {
    const locked = await this.lock(tx, tellings);
    const keys = tellings.flatMap(({ doneEffect }) => doneEffect ?? []);
    const tickedOff = await this.tickOff(tx, keys);
    const states = new Map([...locked].map(([id, { state }]) => [id, state]));
    const decisions = new Map<StoredRelease['id'], Decision>();
    for (const { releaseId, input, doneEffect } of tellings) {
      const state = states.get(releaseId);
      if (state === undefined || input === null) continue;
      if (doneEffect !== undefined && !tickedOff.has(doneEffect)) continue;
      const decision = decide(state, input, now);
      states.set(releaseId, decision.events.reduce<RolloutState>(evolve, state));
      decisions.set(releaseId, joined(decisions.get(releaseId), decision));
    }
    const written = [...decisions].flatMap(([id, decision]): Written[] => {
      const row = locked.get(id)!;
      if (decision.events.length === 0) return [];
      const before = { id, revision: row.revision, lastHash: row.last_hash };
      const { flags, traceparent } = row;
      return [{ before, flags, traceparent, state: states.get(id)!, ...decision }];
    });
    const releases = new Map((await this.writer.write(tx, written)).map((release) => [release.id, release]));
    const effects = await this.writer.addEffects(tx, written);
    return [...locked].map(([id, row]) => ({
      release: releases.get(id) ?? storedOf(row),
      decision: decisions.get(id) ?? { events: [], effects: [] },
      effects: effects.filter(({ releaseId }) => releaseId === id),
    }));
  }

  async route(
    effects: readonly PendingEffect[],
    leases: readonly Lease[],
  ): Promise<readonly StoredRelease[]> {
    return this.dataSource.transaction(async (tx) => {
      await this.leases.fence(tx, leases);
      const locked = await this.lock(tx, effects);
      const tickedOff = await this.tickOff(
        tx,
        effects.map(({ effect }) => effect.key),
      );
      const latest = await this.latestTraffic(tx, [...locked.keys()]);
      const dealings = effects.flatMap(({ releaseId, effect }) => {
        const row = locked.get(releaseId);
        const isToDeal = isTraffic(effect) && tickedOff.has(effect.key) && latest.has(effect.key);
        if (!row || !isToDeal) return [];
        return [{ releaseId, plan: row.state.plan, effect, traceparent: row.traceparent }];
      });
      if (dealings.length === 0) return [...locked.values()].map(storedOf);
      const routingVersion = await this.routing.deal(tx, dealings);
      const dealt = await this.noteRouted(tx, dealings, routingVersion);
      return [...locked.values()].map((row) => dealt.get(row.id) ?? storedOf(row));
    });
  }

  stableVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.routing.stableVersions(subjects);
  }

  dealtVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, DealtVersions>> {
    return this.standings.dealtVersions(subjects);
  }

  async grounds(releases: readonly ReleaseId[]): Promise<ReadonlyMap<ReleaseId, Ground>> {
    const rows = await this.dataSource.query<GroundRow[]>(
      `SELECT r.id, r.manifest -> 'markets' AS markets, r.state #> '{plan,markets}' AS added, s.route,
         c.markets AS certified, coalesce(c.revoked, false) AS revoked
       FROM releases r LEFT JOIN subjects s ON s.provider = r.provider AND s.game = r.game
       LEFT JOIN clearances c ON c.provider = r.provider AND c.game = r.game AND c.version = r.version
       WHERE r.id = ANY($1)`,
      [releases],
    );
    return new Map(rows.map((row) => [row.id, groundOf(row)]));
  }

  /** What says how each release's traffic is to be dealt: the last that it has decided, known to the caller or not. */
  private async latestTraffic(
    tx: EntityManager,
    ids: readonly StoredRelease['id'][],
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ key: string }[]>(
      `SELECT DISTINCT ON (release_id) key FROM effects
       WHERE release_id = ANY($1) AND effect ->> 'kind' = ANY($2) ORDER BY release_id, sequence DESC`,
      [ids, TRAFFIC_KINDS],
    );
    return new Set(rows.map(({ key }) => key));
  }

  /** Only what gives a version players begins its traffic: weight zero of one that never had any does not. */
  private async noteRouted(
    tx: EntityManager,
    dealings: readonly RoutedDealing[],
    routingVersion: number,
  ): Promise<Map<StoredRelease['id'], StoredRelease>> {
    const [rows] = await tx.query<[StoredRow[], number]>(
      `UPDATE releases SET step_routing_version = $2, changed_by = pg_current_xact_id(),
         first_routing_version = coalesce(first_routing_version, CASE WHEN id = ANY($3) THEN $2::bigint END)
       WHERE id = ANY($1) RETURNING ${STORED_COLUMNS}`,
      [
        dealings.map(({ releaseId }) => releaseId),
        routingVersion,
        dealings.filter(({ effect }) => givesTraffic(effect)).map(({ releaseId }) => releaseId),
      ],
    );
    return new Map(rows.map((row) => [row.id, storedOf(row)]));
  }

  /** In one order for all, so that no two wait for each other. */
  private async lock(
    tx: EntityManager,
    of: readonly { readonly releaseId: StoredRelease['id'] }[],
  ): Promise<Map<StoredRelease['id'], LockedRow>> {
    const rows = await tx.query<LockedRow[]>(
      `SELECT ${STORED_COLUMNS}, last_hash, traceparent, manifest -> 'flags' AS flags FROM releases
       WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
      [[...new Set(of.map(({ releaseId }) => releaseId))]],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Answers those that were not done before. */
  private async tickOff(tx: EntityManager, keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set();
    const [rows] = await tx.query<[{ key: string }[], number]>(
      'UPDATE effects SET done_at = now() WHERE key = ANY($1) AND done_at IS NULL RETURNING key',
      [keys],
    );
    return new Set(rows.map(({ key }) => key));
  }
}

function groundOf({ added, route, ...row }: GroundRow): Ground {
  const markets = clearedOf(row.markets, row).filter((market) => added?.includes(market) ?? true);
  const serving = route?.fallbacks.find((fallback) =>
    fallback.markets.some((each) => markets.includes(each)),
  );
  return { markets, from: serving?.version ?? null };
}

function givesTraffic(effect: Dealing['effect']): boolean {
  return effect.kind === 'promote-traffic' || highestWeight(effect.weights) > 0;
}

/** Decisions of one release, one after the other. */
function joined(before: Decision | undefined, next: Decision): Decision {
  if (before === undefined) return next;
  const { refusal } = next;
  return {
    events: [...before.events, ...next.events],
    effects: [...before.effects, ...next.effects],
    ...(refusal && { refusal }),
  };
}
