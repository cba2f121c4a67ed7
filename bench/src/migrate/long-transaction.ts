import { Client } from 'pg';

/** A session that has read the table and does not end its transaction, such as a report's. */
export class LongTransaction {
  private constructor(private readonly client: Client) {}

  static async begin(databaseUrl: string, table: string): Promise<LongTransaction> {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(`BEGIN; SELECT count(*) FROM ${table}`);
    return new LongTransaction(client);
  }

  async end(): Promise<void> {
    await this.client.query('COMMIT');
    await this.client.end();
  }
}
