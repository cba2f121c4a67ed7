import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where each version may be served, where it has been, and what is served in its place. */
export class Clearances1763900041000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE clearances (
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        revision bigint NOT NULL,
        markets jsonb NOT NULL,
        revoked boolean NOT NULL,
        PRIMARY KEY (provider, game, version)
      )`);
    await runner.query('CREATE INDEX clearances_revoked ON clearances (provider, game) WHERE revoked');
    await runner.query(`
      CREATE TABLE stable_versions (
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        since bigint NOT NULL,
        markets jsonb NOT NULL,
        offered jsonb NOT NULL DEFAULT '[]',
        PRIMARY KEY (provider, game, version)
      )`);
    // What has been stable so far was stable wherever its manifest says.
    await runner.query(`
      INSERT INTO stable_versions (provider, game, version, since, markets)
      SELECT DISTINCT ON (provider, game, version) provider, game, version, coalesce(step_routing_version, 0),
        manifest -> 'markets'
      FROM releases WHERE status = 'promoted' AND state #>> '{plan,strategy}' <> 'flag'
      ORDER BY provider, game, version, step_routing_version DESC NULLS LAST`);
    await runner.query(`
      CREATE TABLE dealt_until (
        provider text NOT NULL,
        game text NOT NULL,
        version text NOT NULL,
        until timestamptz NOT NULL,
        PRIMARY KEY (provider, game, version)
      )`);
    await runner.query('ALTER TABLE subjects ADD COLUMN canary_markets jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE subjects DROP COLUMN canary_markets');
    await runner.query('DROP TABLE dealt_until, stable_versions, clearances');
  }
}
