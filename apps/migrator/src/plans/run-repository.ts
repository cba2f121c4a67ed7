import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import type { Migration } from '../engine/migration';
import { compareVersions } from '../engine/migration-version';
import type { Release, Result, Run, RunStatus } from './run';

const RUN_COLUMNS = `release_id AS "releaseId", provider, game, version, status, scripts, detail,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

interface PlannedRow {
  readonly migration_version: string;
  readonly description: string;
  readonly script: string;
  readonly checksum: number;
  readonly sql: string;
  readonly undo_script: string | null;
  readonly undo_sql: string | null;
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

  /** Answers whether it is the release's first; else nothing is stored. */
  async begin(tx: EntityManager, release: Release, result: Result): Promise<boolean> {
    const inserted = await tx.query<unknown[]>(
      `INSERT INTO release_migrations (release_id, provider, game, version, status, scripts, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING release_id`,
      [
        release.releaseId,
        release.provider,
        release.game,
        release.version,
        result.status,
        JSON.stringify(result.scripts),
        result.detail,
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

  /** Kept whole: the run goes on, and is undone, without the provider. */
  async storePlan(tx: EntityManager, releaseId: ReleaseId, migrations: readonly Migration[]): Promise<void> {
    for (const { version, description, script, checksum, sql, undo } of migrations)
      await tx.query(
        `INSERT INTO module_migrations
           (release_id, migration_version, description, script, checksum, sql, undo_script, undo_sql)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [releaseId, version, description, script, checksum, sql, undo?.script ?? null, undo?.sql ?? null],
      );
  }

  /** Oldest version first. */
  async plan(releaseId: ReleaseId): Promise<Migration[]> {
    const rows = await this.dataSource.query<PlannedRow[]>(
      `SELECT migration_version, description, script, checksum, sql, undo_script, undo_sql
       FROM module_migrations WHERE release_id = $1`,
      [releaseId],
    );
    return rows.map(migrationOf).sort((a, b) => compareVersions(a.version, b.version));
  }
}

function migrationOf({ migration_version, undo_script, undo_sql, ...row }: PlannedRow): Migration {
  const undo = undo_script === null || undo_sql === null ? null : { script: undo_script, sql: undo_sql };
  return { ...row, version: migration_version, undo };
}
