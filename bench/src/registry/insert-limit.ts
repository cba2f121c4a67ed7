import { Client } from 'pg';

const SESSIONS = 4;

/** Rows a second of the plainest insert of a version, each in a transaction that is on the disk when it ends. */
export async function plainInsertRate(databaseUrl: string, seconds: number): Promise<number> {
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
      DROP TABLE IF EXISTS limit_versions;
      CREATE TABLE limit_versions (
        provider text COLLATE "C", game text COLLATE "C", version text COLLATE "C",
        digest text NOT NULL, manifest text NOT NULL,
        PRIMARY KEY (provider, game, version)
      )`);
    const startedAt = performance.now();
    let rows = 0;
    await Promise.all(
      sessions.map(async (session, which) => {
        for (let row = 0; performance.now() - startedAt < seconds * 1000; row += 1) {
          const values = ['bench', `game-${which}`, `1.${row}.0`, 'd'.repeat(64), 'm'.repeat(700)];
          await session.query({
            name: 'insert-version',
            text: 'INSERT INTO limit_versions VALUES ($1, $2, $3, $4, $5)',
            values,
          });
          rows += 1;
        }
      }),
    );
    return (rows / (performance.now() - startedAt)) * 1000;
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}
