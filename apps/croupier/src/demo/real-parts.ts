import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { RabbitBus } from '@croupier/messaging';
import type { Variables } from '../platform/platform';

const DEFAULTS = {
  DATABASE_URL: 'postgres://postgres@127.0.0.1:5432/postgres',
  AMQP_URL: 'amqp://guest:guest@127.0.0.1:5672',
  REDIS_URL: 'redis://127.0.0.1:6379',
};

export interface RealParts {
  readonly variables: Variables;
  /** Leaves the servers as they were. */
  clear(): Promise<void>;
}

/** A database and a namespace of the demo's own on the servers at hand. */
export async function realParts(environment: Variables): Promise<RealParts> {
  const run = randomBytes(3).toString('hex');
  const database = `croupier_demo_${run}`;
  const namespace = `demo-${run}`;
  const serverUrl = environment['DATABASE_URL'] ?? DEFAULTS.DATABASE_URL;
  const amqpUrl = environment['AMQP_URL'] ?? DEFAULTS.AMQP_URL;
  await onServer(serverUrl, `CREATE DATABASE ${database}`);
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return {
    variables: {
      DATABASE_URL: url.href,
      AMQP_URL: amqpUrl,
      REDIS_URL: environment['REDIS_URL'] ?? DEFAULTS.REDIS_URL,
      NAMESPACE: namespace,
    },
    clear: async () => {
      await onServer(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await RabbitBus.deleteNamespace(amqpUrl, namespace);
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
