import type { Client } from 'pg';
import type { Statement } from '../lint/statement';
import type { HeldLock, ProvenStatement } from './report';

interface Relation {
  readonly name: string;
  readonly filenode: string;
  readonly isTable: boolean;
}

const READERS_LOCK = 'AccessShareLock';

/** Writes down which locks each statement took and which tables it wrote anew, as seen from its own transaction. */
export class StatementRecorder {
  readonly statements: ProvenStatement[] = [];
  private relations: ReadonlyMap<string, Relation> = new Map();
  private held: ReadonlySet<string> = new Set();

  constructor(
    private readonly client: Client,
    private readonly schema: string,
  ) {}

  async begin(): Promise<void> {
    this.relations = await this.readRelations();
  }

  readonly record = async ({ script, line, sql }: Statement, durationMs: number): Promise<void> => {
    const before = this.relations;
    this.relations = await this.readRelations();
    const locks = (await this.readLocks()).filter(({ oid }) => before.has(oid));
    const fresh = locks.filter(({ key, mode }) => !this.held.has(key) && mode !== READERS_LOCK);
    this.held = new Set(locks.map(({ key }) => key));
    const rewrites = [...before].flatMap(([oid, { name, filenode, isTable }]) => {
      const now = this.relations.get(oid);
      return isTable && now && now.filenode !== filenode ? [name] : [];
    });
    this.statements.push({
      script,
      line,
      sql,
      durationMs,
      locks: fresh.map(({ relation, mode }) => ({ relation, mode })),
      rewrites,
    });
  };

  private async readRelations(): Promise<Map<string, Relation>> {
    const { rows } = await this.client.query<Relation & { oid: string }>(
      `SELECT c.oid::text AS oid, c.relname AS name, pg_relation_filenode(c.oid)::text AS filenode,
         c.relkind = 'r' AS "isTable"
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'i', 'm', 'v', 'S') 
         AND c.relname NOT LIKE 'flyway_schema_history%' AND c.relname NOT LIKE 'databasechangelog%'`,
      [this.schema],
    );
    return new Map(rows.map(({ oid, ...relation }) => [oid, relation]));
  }

  private async readLocks(): Promise<(HeldLock & { oid: string; key: string })[]> {
    const { rows } = await this.client.query<{ oid: string; relation: string; mode: string }>(
      `SELECT l.relation::text AS oid, c.relname AS relation, l.mode
       FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND n.nspname = $1
       ORDER BY c.relname, l.mode`,
      [this.schema],
    );
    return rows.map((row) => ({ ...row, key: `${row.oid} ${row.mode}` }));
  }
}
