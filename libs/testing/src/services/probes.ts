import { connect } from 'amqplib';
import Redis from 'ioredis';
import { Client } from 'pg';

const PROBE_TIMEOUT_MS = 5_000;

/** Each resolves when a server of that protocol answers and lets us in, and throws why it does not. */
export async function probePostgres(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}

export async function probeRabbit(url: string): Promise<void> {
  const connection = await connect(url, { timeout: PROBE_TIMEOUT_MS });
  connection.on('error', () => undefined);
  await connection.close();
}

export async function probeRedis(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PROBE_TIMEOUT_MS,
    commandTimeout: PROBE_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let lastError: Error | undefined;
  // What connect() itself throws says only that the connection is closed.
  client.on('error', (error: Error) => (lastError = error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw lastError ?? error;
  } finally {
    client.disconnect();
  }
}
