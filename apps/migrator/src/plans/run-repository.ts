import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { PhasedMigration } from '../lint/phase';
import type { ProofReport } from '../proof/report';
import type { MigrationKind } from '../engine/migration';
import type { Usage } from '../usage/usage';
import type { Release, Result, Run, RunStatus } from './run';

const RUN_COLUMNS = `release_id AS "releaseId", origin, provider, game, version, status, scripts, detail,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

interface PlannedRow {
  readonly kind: MigrationKind;
  readonly migration_version: string;
  readonly description: string;
  readonly script: string;
  readonly checksum: number;
  readonly sql: string;
  readonly undo_script: string | null;
  readonly undo_sql: string | null;
  readonly phase: 'expand' | 'contract';
}

@Injectable()
export class RunRepository {
  constructor(private readonly dataSource: DataSource) {}

  async find(releaseId: ReleaseId): Promise<Run | undefined> {
    const [run] = await this.dataSource.query<Run[]>(
      `SELECT ${RUN_COLUMNS} FROM release_migrations WHERE release_id = $1`,
      [releaseId],
    );
    return run;
  }

  /** Newest first. */
  list(subject: { provider: string; game: string } | undefined, limit: number): Promise<Run[]> {
    return this.dataSource.query<Run[]>(
      `SELECT ${RUN_COLUMNS} FROM release_migrations
       WHERE $1::text IS NULL OR (provider = $1 AND game = $2)
       ORDER BY created_at DESC, release_id LIMIT $3`,
      [subject?.provider ?? null, subject?.game ?? null, limit],
    );
  }

  async report(releaseId: ReleaseId): Promise<ProofReport | null> {
    const [row] = await this.dataSource.query<{ report: ProofReport | null }[]>(
      'SELECT report FROM release_migrations WHERE release_id = $1',
      [releaseId],
    );
    return row?.report ?? null;
  }

  async storeReport(tx: EntityManager, releaseId: ReleaseId, report: ProofReport): Promise<void> {
    await tx.query('UPDATE release_migrations SET report = $2 WHERE release_id = $1', [
      releaseId,
      JSON.stringify(report),
    ]);
  }

  /** What the new tables and columns held right after they had been made. */
  async usage(releaseId: ReleaseId): Promise<Usage> {
    const [row] = await this.dataSource.query<{ usage: Usage | null }[]>(
      'SELECT usage FROM release_migrations WHERE release_id = $1',
      [releaseId],
    );
    return row?.usage ?? {};
  }

  async storeUsage(releaseId: ReleaseId, usage: Usage): Promise<void> {
    await this.dataSource.query('UPDATE release_migrations SET usage = $2 WHERE release_id = $1', [
      releaseId,
      JSON.stringify(usage),
    ]);
  }

  /** Answers whether it is the release's first; else nothing is stored. */
  async begin(
    tx: EntityManager,
    release: Release,
    result: Result,
    origin: Run['origin'] = 'release',
  ): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO release_migrations (release_id, provider, game, version, status, scripts, detail, origin)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING release_id`,
      [
        release.releaseId,
        release.provider,
        release.game,
        release.version,
        result.status,
        JSON.stringify(result.scripts),
        result.detail,
        origin,
      ],
    );
    return inserted.length === 1;
  }

  /** Answers whether the run was in one of `from`; else it is left as it is. */
  async move(
    tx: EntityManager,
    releaseId: ReleaseId,
    from: readonly RunStatus[],
    { status, scripts, detail }: Result,
  ): Promise<boolean> {
    const [, moved] = await tx.query<[unknown[], number]>(
      `UPDATE release_migrations SET status = $3, scripts = $4, detail = $5, updated_at = now()
       WHERE release_id = $1 AND status = ANY ($2)`,
      [releaseId, from, status, JSON.stringify(scripts), detail],
    );
    return moved === 1;
  }

  /** Answers whether the run was on its way. Whoever carries it out finds the words before its next statement. */
  async cancel(tx: EntityManager, releaseId: ReleaseId, words: string): Promise<boolean> {
    const [, cancelled] = await tx.query<[unknown[], number]>(
      `UPDATE release_migrations SET cancellation = coalesce(cancellation, $2), updated_at = now()
       WHERE release_id = $1 AND status = 'planned'`,
      [releaseId, words],
    );
    return cancelled === 1;
  }

  /** Who has cancelled the run, and why; null when nobody has. */
  async cancellation(releaseId: ReleaseId): Promise<string | null> {
    const [row] = await this.dataSource.query<{ cancellation: string | null }[]>(
      'SELECT cancellation FROM release_migrations WHERE release_id = $1',
      [releaseId],
    );
    return row?.cancellation ?? null;
  }

  async contracted(tx: EntityManager, releaseId: ReleaseId, detail: string): Promise<void> {
    await tx.query(
      `UPDATE release_migrations SET contract_due_at = NULL, contract_detail = $2, updated_at = now()
       WHERE release_id = $1`,
      [releaseId, detail],
    );
  }

  /** Kept whole: the run goes on, and is undone, without the provider. */
  async storePlan(
    tx: EntityManager,
    releaseId: ReleaseId,
    migrations: readonly PhasedMigration[],
  ): Promise<void> {
    for (const [position, migration] of migrations.entries()) {
      const { kind, version, description, script, checksum, sql, undo, phase } = migration;
      await tx.query(
        `INSERT INTO module_migrations (release_id, position, kind, migration_version, description, script, checksum,
           sql, undo_script, undo_sql, phase)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        [
          releaseId,
          position,
          kind,
          version,
          description,
          script,
          checksum,
          sql,
          undo?.script ?? null,
          undo?.sql ?? null,
          phase,
        ],
      );
    }
  }

  /** All scripts that any release of the subject has brought, newest release first. */
  async keptScripts({ provider, game }: { provider: string; game: string }): Promise<PhasedMigration[]> {
    const rows = await this.dataSource.query<PlannedRow[]>(
      `SELECT m.kind, m.migration_version, m.description, m.script, m.checksum, m.sql, m.undo_script, m.undo_sql, m.phase
       FROM module_migrations m JOIN release_migrations r USING (release_id)
       WHERE r.provider = $1 AND r.game = $2 ORDER BY m.planned_at DESC, m.position`,
      [provider, game],
    );
    return rows.map(migrationOf);
  }

  /** The version of a later release of the subject, on its way or applied, that brings one of the scripts, too. */
  async buildingUpon(releaseId: ReleaseId, scripts: readonly string[]): Promise<string | null> {
    const [row] = await this.dataSource.query<{ version: string }[]>(
      `SELECT later.version FROM release_migrations mine
       JOIN release_migrations later ON later.provider = mine.provider AND later.game = mine.game
         AND later.created_at > mine.created_at AND later.status IN ('planned', 'applied')
       JOIN module_migrations m ON m.release_id = later.release_id
       WHERE mine.release_id = $1 AND m.script = ANY ($2)
       ORDER BY later.created_at DESC LIMIT 1`,
      [releaseId, scripts],
    );
    return row?.version ?? null;
  }

  /** In the order in which they are applied. */
  async plan(releaseId: ReleaseId): Promise<PhasedMigration[]> {
    const rows = await this.dataSource.query<PlannedRow[]>(
      `SELECT kind, migration_version, description, script, checksum, sql, undo_script, undo_sql, phase
       FROM module_migrations WHERE release_id = $1 ORDER BY position`,
      [releaseId],
    );
    return rows.map(migrationOf);
  }
}

function migrationOf({ migration_version, undo_script, undo_sql, ...row }: PlannedRow): PhasedMigration {
  const undo = undo_script === null || undo_sql === null ? null : { script: undo_script, sql: undo_sql };
  return { ...row, version: migration_version, undo };
}
