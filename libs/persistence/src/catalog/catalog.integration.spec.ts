import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import { compareCatalogs, describeDifferences, type Catalog } from './catalog';
import { readCatalog } from './read-catalog';

const RICH_SCHEMA = `
  CREATE SCHEMA module; SET search_path TO module;
  CREATE TYPE outcome AS ENUM ('won', 'lost');
  CREATE DOMAIN amount AS numeric(20, 4) CHECK (VALUE >= 0);
  CREATE TABLE players (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
  CREATE TABLE rounds (id bigserial PRIMARY KEY, player bigint REFERENCES players, win amount DEFAULT 0, result outcome);
  CREATE INDEX rounds_of_player ON rounds (player) WHERE result = 'won';
  CREATE VIEW winners AS SELECT name FROM players JOIN rounds ON player = players.id WHERE result = 'won';
  CREATE FUNCTION double(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER touched BEFORE UPDATE ON rounds FOR EACH ROW EXECUTE FUNCTION touch();
  COMMENT ON TABLE rounds IS 'One game';
  CREATE TABLE flyway_schema_history (installed_rank int);`;

describe('the catalog of a schema', () => {
  let database: FreshDatabase;
  let client: Client;
  let before: Catalog;

  beforeAll(async () => {
    database = await freshDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(RICH_SCHEMA);
    before = await readCatalog(client, 'module');
  });

  beforeEach(() => client.query('BEGIN; SET LOCAL search_path TO module'));

  afterEach(() => client.query('ROLLBACK'));

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('is equal to itself, and knows nothing of the tools’ own tables', async () => {
    expect(compareCatalogs(before, await readCatalog(client, 'module'))).toEqual([]);
    expect(before.map(({ name }) => name)).not.toContain('flyway_schema_history');
  });

  it.each([
    ['ALTER TABLE rounds ADD COLUMN note text', '+ column rounds.note'],
    ['ALTER TABLE rounds ALTER COLUMN win SET DEFAULT 1', '~ column rounds.win'],
    ['ALTER TABLE rounds ALTER COLUMN result SET NOT NULL', '~ column rounds.result'],
    ['DROP INDEX rounds_of_player', '- index rounds_of_player'],
    [`ALTER TYPE outcome RENAME VALUE 'won' TO 'gained'`, '~ enum outcome'],
    ['ALTER DOMAIN amount SET NOT NULL', '~ domain amount'],
    ['ALTER TABLE rounds DROP CONSTRAINT rounds_player_fkey', '- constraint rounds.rounds_player_fkey'],
    ['ALTER SEQUENCE rounds_id_seq INCREMENT 2', '~ sequence rounds_id_seq'],
    ['CREATE OR REPLACE VIEW winners AS SELECT name FROM players', '~ view winners'],
    [
      `CREATE OR REPLACE FUNCTION double(n int) RETURNS int LANGUAGE sql AS 'SELECT n + n'`,
      '~ function double(n integer)',
    ],
    [
      'ALTER TABLE rounds DISABLE TRIGGER touched; DROP TRIGGER touched ON rounds',
      '- trigger rounds.touched',
    ],
    [`COMMENT ON TABLE rounds IS 'One round'`, '~ comment rounds'],
    ['GRANT SELECT ON rounds TO PUBLIC', '+ grant rounds'],
    ['ALTER TABLE rounds ENABLE ROW LEVEL SECURITY', '~ table rounds'],
  ])('shows what %s has changed', async (sql, difference) => {
    await client.query(sql);

    const differences = compareCatalogs(before, await readCatalog(client, 'module'));

    expect(describeDifferences(differences).split(', ')).toContain(difference);
  });

  it('tells of many differences the first, and how many more there are', async () => {
    await client.query('DROP TABLE rounds CASCADE');

    const differences = compareCatalogs(before, await readCatalog(client, 'module'));

    expect(describeDifferences(differences, 2)).toMatch(/^- .+, - .+, and \d+ more$/);
  });
});
