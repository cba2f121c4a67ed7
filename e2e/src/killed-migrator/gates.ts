import { eventually } from '@croupier/testing';
import { Client } from 'pg';
import { isOutside, type Stop } from './ten-migrations';

/** Sessions of the migrator in the modules' database. */
const SESSIONS = 'croupier-migrator-modules';
const PATIENCE = { timeoutMs: 30_000, intervalMs: 20 };

/** Lets the test say where the migrator stands still, by locks that it waits for. */
export class Gates {
  private constructor(
    private readonly keeper: Client,
    private readonly observer: Client,
  ) {}

  static async make(databaseUrl: string): Promise<Gates> {
    const [keeper, observer] = await Promise.all([connect(databaseUrl), connect(databaseUrl)]);
    await observer.query('CREATE TABLE IF NOT EXISTS public.gate ()');
    await observer.query(`
      CREATE FUNCTION public.pass_gate() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN LOCK TABLE public.gate IN ACCESS SHARE MODE; RETURN NEW; END'`);
    return new Gates(keeper, observer);
  }

  async end(): Promise<void> {
    await Promise.all([this.keeper.end(), this.observer.end()]);
  }

  async shut(): Promise<void> {
    await this.keeper.query('BEGIN; LOCK TABLE public.gate IN ACCESS EXCLUSIVE MODE');
  }

  async open(): Promise<void> {
    await this.keeper.query('COMMIT');
  }

  /** For a migration that has no place for a gate in it. To be called while the gate is shut. */
  async hold(schema: string, { migration, moment }: Stop): Promise<void> {
    if (!isOutside(migration)) return;
    const lock = (mode: string): Promise<unknown> =>
      this.keeper.query(`LOCK TABLE ${schema}.target_${migration} IN ${mode} MODE`);
    switch (moment) {
      case 'before':
        return void (await lock('SHARE UPDATE EXCLUSIVE'));
      case 'within':
        // The index is in the catalog, and waits for everybody who may write without knowing of it.
        return void (await lock('ROW EXCLUSIVE'));
      case 'after':
        return void (await this.observer.query(`
          CREATE TRIGGER gate BEFORE INSERT ON ${schema}.flyway_schema_history
          FOR EACH ROW WHEN (NEW.version = '${migration}') EXECUTE FUNCTION public.pass_gate()`));
    }
  }

  /** Shuts out everybody who writes to the table. */
  async holdTable(table: string): Promise<void> {
    await this.keeper.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
  }

  /** Waits until the migrator stands still, and answers the process id of its session. */
  async standing(sessions = SESSIONS): Promise<number> {
    return eventually(async () => {
      const { rows } = await this.observer.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity
         WHERE application_name = $1 AND datname = current_database() AND wait_event_type = 'Lock'`,
        [sessions],
      );
      return rows[0]?.pid;
    }, PATIENCE);
  }

  /** Waits until another session of the migrator has come beside that one. */
  async joined(pid: number): Promise<void> {
    await eventually(async () => {
      const { rows } = await this.observer.query(
        `SELECT FROM pg_stat_activity
         WHERE application_name = $1 AND datname = current_database() AND pid <> $2`,
        [SESSIONS, pid],
      );
      return rows.length > 0;
    }, PATIENCE);
  }

  /** As when the server notices that nobody is at the other end any more. */
  async endSession(pid: number): Promise<void> {
    await this.observer.query('SELECT pg_terminate_backend($1)', [pid]);
    await eventually(async () => {
      const { rows } = await this.observer.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
      return rows.length === 0;
    }, PATIENCE);
  }
}

async function connect(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  return client;
}
