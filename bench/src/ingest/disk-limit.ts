import { Client } from 'pg';

const BATCH = 256;
const SESSIONS = 2;

/** Rows a second of batched inserts by `pg` alone, each batch a transaction with synchronous commit. */
export async function batchedInsertRate(databaseUrl: string, seconds: number): Promise<number> {
  const sessions = await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const client = new Client({ connectionString: databaseUrl });
      await client.connect();
      await client.query('SET synchronous_commit = on');
      return client;
    }),
  );
  try {
    await sessions[0]?.query(`
      DROP TABLE IF EXISTS limit_webhooks;
      CREATE TABLE limit_webhooks (
        provider   text COLLATE "C" NOT NULL,
        webhook_id text COLLATE "C" NOT NULL,
        body       bytea NOT NULL,
        PRIMARY KEY (provider, webhook_id)
      )`);
    const startedAt = performance.now();
    let rows = 0;
    await Promise.all(
      sessions.map(async (session, which) => {
        for (let batch = 0; performance.now() - startedAt < seconds * 1000; batch += 1) {
          await session.query(insertOf(`${which}_${batch}`));
          rows += BATCH;
        }
      }),
    );
    return (rows / (performance.now() - startedAt)) * 1000;
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

function insertOf(run: string) {
  return {
    name: 'insert-batch',
    text: `INSERT INTO limit_webhooks (provider, webhook_id, body)
           SELECT 'acme', id, body FROM unnest($1::text[], $2::bytea[]) AS given (id, body)`,
    values: [Array.from({ length: BATCH }, (_, index) => `msg_${run}_${index}`), BODIES],
  };
}

/** As long as those of the load. */
const BODIES = Array.from({ length: BATCH }, () => Buffer.alloc(260, 'x'));
