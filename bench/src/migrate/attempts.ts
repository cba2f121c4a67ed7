import { Client } from 'pg';

const LOOK_INTERVAL_MS = 10;

/** Counts the transactions of the migrator that are seen waiting for a lock. */
export class Attempts {
  private readonly seen = new Set<string>();
  private looking: Promise<void> = Promise.resolve();
  private isOver = false;

  private constructor(private readonly client: Client) {}

  static async watch(databaseUrl: string): Promise<Attempts> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const attempts = new Attempts(client);
    attempts.looking = attempts.look();
    return attempts;
  }

  async end(): Promise<number> {
    this.isOver = true;
    await this.looking;
    await this.client.end();
    return this.seen.size;
  }

  private async look(): Promise<void> {
    while (!this.isOver) {
      const { rows } = await this.client.query<{ began: string }>(
        `SELECT xact_start::text AS began FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'croupier-migrator-modules'
           AND wait_event_type = 'Lock'`,
      );
      for (const { began } of rows) this.seen.add(began);
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
    }
  }
}
