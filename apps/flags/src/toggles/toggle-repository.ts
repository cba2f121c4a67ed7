import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Toggle, ToggleChange } from './toggle';

const COLUMNS = 'name, enabled, created_at AS "createdAt", updated_at AS "updatedAt"';

@Injectable()
export class ToggleRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** In the order of their names. */
  all(namePrefix = ''): Promise<Toggle[]> {
    return this.dataSource.query<Toggle[]>(
      `SELECT ${COLUMNS} FROM flags WHERE starts_with(name, $1) ORDER BY name COLLATE "C"`,
      [namePrefix],
    );
  }

  /** Makes the flag, off, when there is none. Nobody else changes it before `tx` ends. */
  async lockOrCreate(tx: EntityManager, name: string): Promise<Toggle & { created: boolean }> {
    const created = await tx.query<unknown[]>(
      'INSERT INTO flags (name, enabled) VALUES ($1, false) ON CONFLICT DO NOTHING RETURNING name',
      [name],
    );
    const toggle = present(await this.lock(tx, name), name);
    return { ...toggle, created: created.length === 1 };
  }

  async lock(tx: EntityManager, name: string): Promise<Toggle | undefined> {
    const [toggle] = await tx.query<Toggle[]>(`SELECT ${COLUMNS} FROM flags WHERE name = $1 FOR UPDATE`, [
      name,
    ]);
    return toggle;
  }

  /** The caller holds the flag's lock, so the history has the order of the changes. */
  async change(tx: EntityManager, change: ToggleChange): Promise<Toggle> {
    const [[toggle]] = await tx.query<[Toggle[], number]>(
      `UPDATE flags SET enabled = $2, updated_at = now() WHERE name = $1 RETURNING ${COLUMNS}`,
      [change.flag, change.after],
    );
    await tx.query(
      'INSERT INTO flag_changes (flag, before, after, reason, release_id) VALUES ($1, $2, $3, $4, $5)',
      [change.flag, change.before, change.after, change.reason, change.releaseId],
    );
    return present(toggle, change.flag);
  }

  async latestChange(tx: EntityManager, name: string): Promise<ToggleChange | undefined> {
    const [change] = await tx.query<ToggleChange[]>(
      `SELECT flag, before, after, reason, release_id AS "releaseId" FROM flag_changes
       WHERE flag = $1 ORDER BY id DESC LIMIT 1`,
      [name],
    );
    return change;
  }
}

/** Flags are never deleted. */
function present(toggle: Toggle | undefined, name: string): Toggle {
  if (!toggle) throw new Error(`Flag ${name} vanished under its own lock`);
  return toggle;
}
