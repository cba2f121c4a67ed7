import { Client } from 'pg';

/** Lets the registry fail on every version that it registers, until it is removed. */
export async function breakRegistry(databaseUrl: string): Promise<{ mend(): Promise<void> }> {
  await run(
    databaseUrl,
    `CREATE FUNCTION registry.refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the catalogue takes no version today'; END $$;
     CREATE TRIGGER refuse BEFORE INSERT ON registry.versions FOR EACH ROW EXECUTE FUNCTION registry.refuse()`,
  );
  return { mend: () => run(databaseUrl, 'DROP FUNCTION registry.refuse() CASCADE') };
}

async function run(databaseUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
