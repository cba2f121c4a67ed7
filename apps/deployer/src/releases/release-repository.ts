import { Injectable } from '@nestjs/common';
import type { GameManifest, ReleaseId } from '@croupier/contracts';
import { partitionOf } from '@croupier/orchestrator';
import { evolve, statusOf, type Decision, type RolloutState } from '@croupier/rollout';
import { DataSource, type EntityManager } from 'typeorm';
import { GENESIS_HASH } from '../timeline/hash-chain';
import type { NewEntry } from '../timeline/timeline-repository';
import { recordOf, type ReleaseRecord, type ReleaseRow } from './release-record';
import { ReleaseWriter } from './release-writer';

export interface Artifact {
  readonly digest: string;
  readonly manifestUrl: string;
  readonly manifest: GameManifest;
}

export interface ReleaseFilter {
  readonly provider?: string | undefined;
  readonly game?: string | undefined;
  readonly version?: string | undefined;
  readonly status?: string | undefined;
  /** Those created before this one, in the order of the list. */
  readonly before?: { readonly createdAt: string; readonly id: string } | undefined;
  readonly limit: number;
}

@Injectable()
export class ReleaseRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: ReleaseWriter,
  ) {}

  /**
   * Creates the release, unless this version has that attempt already; answers whether it did. `attempt` counts the
   * releases of one version: a retry, or a way back to it, is a further one.
   */
  async create(
    tx: EntityManager,
    artifact: Artifact,
    decision: Decision,
    attempt: number,
    traceparent: string | null = null,
  ): Promise<boolean> {
    const state = folded(decision);
    const { releaseId: id, provider, game, version } = state.plan;
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO releases
         (id, provider, game, version, attempt, partition, digest, manifest_url, manifest, status, state, revision, last_hash,
          traceparent)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12, $13) ON CONFLICT DO NOTHING RETURNING id`,
      [
        id,
        provider,
        game,
        version,
        attempt,
        partitionOf(provider, game),
        artifact.digest,
        artifact.manifestUrl,
        JSON.stringify(artifact.manifest),
        statusOf(state),
        JSON.stringify(state),
        GENESIS_HASH,
        traceparent,
      ],
    );
    if (inserted.length === 0) return false;
    const before = { id, revision: 0, lastHash: GENESIS_HASH };
    await this.writer.write(tx, [
      { before, flags: artifact.manifest.flags, traceparent, state, ...decision },
    ]);
    return true;
  }

  /** Every release of a version, locked in one order for all. */
  async lockAllOf(
    tx: EntityManager,
    {
      provider,
      game,
      version,
    }: { readonly provider: string; readonly game: string; readonly version: string },
  ): Promise<ReleaseRecord[]> {
    const rows = await tx.query<ReleaseRow[]>(
      `SELECT * FROM releases WHERE provider = $1 AND game = $2 AND version = $3 ORDER BY id FOR UPDATE`,
      [provider, game, version],
    );
    return rows.map(recordOf);
  }

  /** Something another service did for this release: told on its timeline, without a decision. */
  async note(tx: EntityManager, id: ReleaseId, entry: NewEntry): Promise<void> {
    const rows = await tx.query<ReleaseRow[]>('SELECT * FROM releases WHERE id = $1 FOR UPDATE', [id]);
    if (rows[0]) await this.writer.note(tx, recordOf(rows[0]), entry);
  }

  async find(id: ReleaseId): Promise<ReleaseRecord | null> {
    const rows = await this.dataSource.query<ReleaseRow[]>('SELECT * FROM releases WHERE id = $1', [id]);
    return rows[0] ? recordOf(rows[0]) : null;
  }

  async activeOf(provider: string, game: string, version: string): Promise<ReleaseRecord | null> {
    const rows = await this.dataSource.query<ReleaseRow[]>(
      'SELECT * FROM releases WHERE provider = $1 AND game = $2 AND version = $3 AND active',
      [provider, game, version],
    );
    return rows[0] ? recordOf(rows[0]) : null;
  }

  /** The last release of a version, however it ended. */
  async latestOf(
    provider: string,
    game: string,
    version: string,
    tx: EntityManager = this.dataSource.manager,
  ): Promise<ReleaseRecord | null> {
    const rows = await tx.query<ReleaseRow[]>(
      `SELECT * FROM releases WHERE provider = $1 AND game = $2 AND version = $3 ORDER BY attempt DESC LIMIT 1`,
      [provider, game, version],
    );
    return rows[0] ? recordOf(rows[0]) : null;
  }

  /** Whether the version has been stable: what its first release had to show, it has shown. */
  async wasPromoted(provider: string, game: string, version: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `SELECT FROM releases WHERE provider = $1 AND game = $2 AND version = $3 AND status = 'promoted' LIMIT 1`,
      [provider, game, version],
    );
    return rows.length > 0;
  }

  /** Versions of a subject that are on their way to be stable. */
  async mayBecomeStable(tx: EntityManager, provider: string, game: string): Promise<string[]> {
    const rows = await tx.query<{ version: string }[]>(
      `SELECT DISTINCT version FROM releases r
       WHERE provider = $1 AND game = $2 AND (active OR status = 'queued' OR EXISTS (
         SELECT FROM effects e
         WHERE e.release_id = r.id AND e.done_at IS NULL AND e.effect ->> 'kind' = 'promote-traffic'))`,
      [provider, game],
    );
    return rows.map(({ version }) => version);
  }

  async list(filter: ReleaseFilter): Promise<ReleaseRecord[]> {
    const rows = await this.dataSource.query<ReleaseRow[]>(
      `SELECT * FROM releases
       WHERE ($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR game = $2)
         AND ($3::text IS NULL OR version = $3) AND ($4::text IS NULL OR status = $4)
         AND ($5::timestamptz IS NULL OR (created_at, id) < ($5, $6::uuid))
       ORDER BY created_at DESC, id DESC LIMIT $7`,
      [
        filter.provider ?? null,
        filter.game ?? null,
        filter.version ?? null,
        filter.status ?? null,
        filter.before?.createdAt ?? null,
        filter.before?.id ?? null,
        filter.limit,
      ],
    );
    return rows.map(recordOf);
  }
}

function folded(decision: Decision): RolloutState {
  const state = decision.events.reduce<RolloutState | undefined>(evolve, undefined);
  if (!state) throw new Error('A release begins with an event');
  return state;
}
