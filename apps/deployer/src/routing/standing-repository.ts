import { Injectable } from '@nestjs/common';
import { subjectId, type SubjectId, type SubjectRoute } from '@croupier/contracts';
import type { DealtVersions } from '@croupier/orchestrator';
import type { Transaction } from '@croupier/persistence';
import type { Canary } from '@croupier/rollout';
import { DataSource } from 'typeorm';
import type { KnownVersion, StoredStanding, Subject } from './stored-standing';
import { withoutSlash } from '../without-slash';
import { dealtBy } from './subject-route';

export interface Promotion extends Subject {
  readonly version: string;
  /** Null for wherever its manifest says. */
  readonly markets: readonly string[] | null;
}

interface SubjectRow extends Subject {
  readonly salt: string;
  readonly stable_version: string | null;
  readonly canary_version: string | null;
  readonly canary_weights: Canary['weights'];
  readonly canary_markets: readonly string[] | null;
  readonly route: SubjectRoute | null;
}

interface VersionRow extends Subject {
  readonly version: string;
  readonly digest: string;
  readonly manifest_url: string;
  readonly markets: readonly string[];
  readonly endpoint: string | null;
  readonly replicas: readonly string[] | null;
  readonly certified: readonly string[] | null;
  readonly revoked: boolean;
  readonly since: string | null;
  readonly rolled_out: readonly string[] | null;
  readonly offered: readonly string[] | null;
  readonly rolled_back: boolean | null;
}

const WANTED = `jsonb_to_recordset($1::jsonb) AS wanted(provider text, game text)`;

/** Of each subject: what is stable and tried, what runs and has been stable, and where that may be served. */
@Injectable()
export class StandingRepository {
  constructor(private readonly dataSource: DataSource) {}

  async of(tx: Transaction, subjects: readonly Subject[]): Promise<StoredStanding[]> {
    const wanted = [JSON.stringify(subjects.map(({ provider, game }) => ({ provider, game })))];
    const rows = await tx.query<SubjectRow[]>(
      `SELECT s.* FROM subjects s JOIN ${WANTED} USING (provider, game) WHERE s.stable_version IS NOT NULL`,
      wanted,
    );
    const versions = bySubject(await this.versionsOf(tx, wanted));
    const revoked = bySubject(
      await tx.query<(Subject & { readonly version: string })[]>(
        `SELECT provider, game, version FROM clearances JOIN ${WANTED} USING (provider, game) WHERE revoked`,
        wanted,
      ),
    );
    return rows.map((row) => ({
      provider: row.provider,
      game: row.game,
      salt: Number(row.salt),
      stable: row.stable_version,
      canary: canaryOf(row),
      versions: (versions.get(subjectOf(row)) ?? []).map(knownVersionOf),
      revoked: (revoked.get(subjectOf(row)) ?? []).map(({ version }) => version),
      route: row.route,
    }));
  }

  /** A version is stable from now on, in these markets and where it has been before. */
  async promoted(tx: Transaction, promotions: readonly Promotion[], since: number): Promise<void> {
    if (promotions.length === 0) return;
    await tx.query(
      `INSERT INTO stable_versions (provider, game, version, since, markets)
       SELECT p.provider, p.game, p.version, $2, coalesce(nullif(p.markets, 'null'), w.manifest -> 'markets', '[]')
       FROM jsonb_to_recordset($1::jsonb) AS p(provider text, game text, version text, markets jsonb)
       LEFT JOIN workloads w ON w.environment = 'production'
         AND w.provider = p.provider AND w.game = p.game AND w.version = p.version
       ON CONFLICT (provider, game, version) DO UPDATE SET since = excluded.since,
         markets = (SELECT jsonb_agg(DISTINCT m) FROM jsonb_array_elements(stable_versions.markets || excluded.markets) m)`,
      [JSON.stringify(promotions), since],
    );
  }

  /** These markets have been given a release of their own. */
  async offer(
    tx: Transaction,
    { provider, game, version }: Subject & { readonly version: string },
    markets: readonly string[],
  ): Promise<void> {
    await tx.query(
      `UPDATE stable_versions SET offered = offered || $4::jsonb WHERE provider = $1 AND game = $2 AND version = $3`,
      [provider, game, version, JSON.stringify(markets)],
    );
  }

  /** Keeps since when a version is dealt no more: its sessions go on for a while. */
  async noteLeft(
    tx: Transaction,
    before: readonly StoredStanding[],
    after: ReadonlyMap<SubjectId, SubjectRoute | null>,
  ): Promise<void> {
    const left = before.flatMap(({ provider, game, route }) => {
      const still = new Set(dealtBy(after.get(subjectId(provider, game)) ?? null));
      return dealtBy(route)
        .filter((version) => !still.has(version))
        .map((version) => ({ provider, game, version }));
    });
    if (left.length === 0) return;
    await tx.query(
      `INSERT INTO dealt_until (provider, game, version, until)
       SELECT DISTINCT provider, game, version, now()
       FROM jsonb_to_recordset($1::jsonb) AS l(provider text, game text, version text)
       ON CONFLICT (provider, game, version) DO UPDATE SET until = excluded.until`,
      [JSON.stringify(left)],
    );
  }

  async dealtVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, DealtVersions>> {
    const rows = await this.dataSource.query<
      { subject: string; route: SubjectRoute | null; until: Record<string, number> | null }[]
    >(
      `SELECT s.provider || '/' || s.game AS subject, s.route,
         (SELECT jsonb_object_agg(d.version, (extract(epoch FROM d.until) * 1000)::bigint) FROM dealt_until d
          WHERE d.provider = s.provider AND d.game = s.game) AS until
       FROM subjects s
       WHERE (s.provider, s.game) IN (SELECT split_part(n, '/', 1), split_part(n, '/', 2) FROM unnest($1::text[]) AS n)`,
      [subjects],
    );
    return new Map(
      rows.map(({ subject, route, until }) => [
        subject,
        { now: new Set(dealtBy(route)), until: new Map(Object.entries(until ?? {})) },
      ]),
    );
  }

  private versionsOf(tx: Transaction, wanted: readonly string[]): Promise<VersionRow[]> {
    return tx.query<VersionRow[]>(
      `WITH known AS (
         SELECT provider, game, version FROM workloads JOIN ${WANTED} USING (provider, game)
         WHERE environment = 'production' AND running AND endpoint IS NOT NULL
         UNION SELECT provider, game, version FROM stable_versions JOIN ${WANTED} USING (provider, game)
       )
       SELECT k.provider, k.game, k.version, coalesce(w.digest, a.digest, '') AS digest,
         coalesce(w.manifest_url, a.manifest_url, '') AS manifest_url,
         coalesce(w.manifest, a.manifest) -> 'markets' AS markets,
         CASE WHEN w.running THEN w.endpoint END AS endpoint, w.manifest #> '{server,replicas}' AS replicas,
         c.markets AS certified, coalesce(c.revoked, false) AS revoked, s.since, s.markets AS rolled_out, s.offered,
         CASE WHEN s.since IS NULL THEN (SELECT r.status = 'rolled-back' FROM releases r
           WHERE r.provider = k.provider AND r.game = k.game AND r.version = k.version
           ORDER BY r.attempt DESC LIMIT 1) END AS rolled_back
       FROM known k
       LEFT JOIN workloads w ON w.environment = 'production'
         AND w.provider = k.provider AND w.game = k.game AND w.version = k.version
       LEFT JOIN artifacts a ON a.provider = k.provider AND a.game = k.game AND a.version = k.version
       LEFT JOIN clearances c ON c.provider = k.provider AND c.game = k.game AND c.version = k.version
       LEFT JOIN stable_versions s ON s.provider = k.provider AND s.game = k.game AND s.version = k.version`,
      [...wanted],
    );
  }
}

export function subjectOf({ provider, game }: Subject): SubjectId {
  return subjectId(provider, game);
}

function canaryOf({ canary_version: version, canary_weights: weights, canary_markets: markets }: SubjectRow) {
  return version === null ? null : { version, weights, markets };
}

function knownVersionOf(row: VersionRow): KnownVersion {
  const { version, digest, revoked, endpoint } = row;
  return {
    version,
    digest,
    manifestUrl: row.manifest_url,
    endpoint,
    replicas: (row.replicas ?? []).map(withoutSlash),
    running: endpoint !== null,
    cleared: clearedOf(row.markets ?? [], row),
    revoked,
    stood:
      row.since === null
        ? null
        : { since: Number(row.since), markets: row.rolled_out ?? [], offered: row.offered ?? [] },
    rolledBack: row.rolled_back ?? false,
  };
}

/** Never more than the manifest says; all of that while nobody keeps certificates. */
export function clearedOf(
  markets: readonly string[],
  { certified, revoked }: { readonly certified: readonly string[] | null; readonly revoked: boolean },
): string[] {
  if (revoked) return [];
  return certified === null ? [...markets] : markets.filter((market) => certified.includes(market));
}

function bySubject<Row extends Subject>(rows: readonly Row[]): Map<SubjectId, Row[]> {
  const groups = new Map<SubjectId, Row[]>();
  for (const row of rows) {
    const group = groups.get(subjectOf(row));
    if (group) group.push(row);
    else groups.set(subjectOf(row), [row]);
  }
  return groups;
}
