import { Injectable } from '@nestjs/common';
import { Client } from 'pg';
import { MigratorConfig } from '../migrator-config';

const INSUFFICIENT_PRIVILEGE = '42501';
const INVALID_CATALOG_NAME = '3D000';
/** Another replica was first: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const THERE_ALREADY = ['42P04', '23505'];
const STATEMENT_TIMEOUT_MS = 120_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** The server lets us make no database of our own. */
export class NoShadow extends Error {}

interface DatabaseError extends Error {
  readonly code?: string;
}

/**
 * A database beside the modules' own in which nothing that is tried can reach a player. A schema
 * is there for as long as one proof of it; whoever proves holds the lock of the real one.
 */
@Injectable()
export class ShadowDatabases {
  constructor(private readonly config: MigratorConfig) {}

  /** @throws NoShadow */
  async with<T>(schema: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
      return await work(client);
    } finally {
      await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`).catch(() => undefined);
      await client.end().catch(() => undefined);
    }
  }

  private async connect(): Promise<Client> {
    const shadow = new URL(this.config.shadowDatabaseUrl);
    try {
      return await connectTo(shadow);
    } catch (error) {
      if ((error as DatabaseError).code !== INVALID_CATALOG_NAME) throw error;
      await this.create(decodeURIComponent(shadow.pathname.slice(1)));
      return connectTo(shadow);
    }
  }

  private async create(name: string): Promise<void> {
    const client = await connectTo(new URL(this.config.moduleDatabaseUrl));
    try {
      await client.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    } catch (error) {
      const { code = '', message } = error as DatabaseError;
      if (code === INSUFFICIENT_PRIVILEGE) throw new NoShadow(message, { cause: error });
      if (!THERE_ALREADY.includes(code)) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function connectTo(url: URL): Promise<Client> {
  const client = new Client({
    connectionString: url.href,
    application_name: 'croupier-migrator-shadow',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
  });
  // Each failed query tells its caller; without a listener a lost session would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
