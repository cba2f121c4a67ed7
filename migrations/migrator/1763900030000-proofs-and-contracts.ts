import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ProofsAndContracts1763900030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE release_migrations
        ADD COLUMN report jsonb,
        ADD COLUMN usage jsonb,
        ADD COLUMN contract_due_at timestamptz,
        ADD COLUMN contract_detail text,
        DROP CONSTRAINT release_migrations_status_check,
        ADD CONSTRAINT release_migrations_status_check
          CHECK (status IN ('planned', 'applied', 'failed', 'reverted', 'kept', 'undo-failed', 'withdrawn'))`);
    await runner.query(`
      ALTER TABLE module_migrations
        ADD COLUMN phase text NOT NULL DEFAULT 'expand' CHECK (phase IN ('expand', 'contract'))`);
    await runner.query(`
      CREATE INDEX release_migrations_contract_due ON release_migrations (contract_due_at)
        WHERE contract_due_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX release_migrations_contract_due');
    await runner.query('ALTER TABLE module_migrations DROP COLUMN phase');
    await runner.query(`UPDATE release_migrations SET status = 'withdrawn' WHERE status = 'kept'`);
    await runner.query(`
      ALTER TABLE release_migrations
        DROP COLUMN report, DROP COLUMN usage, DROP COLUMN contract_due_at, DROP COLUMN contract_detail,
        DROP CONSTRAINT release_migrations_status_check,
        ADD CONSTRAINT release_migrations_status_check
          CHECK (status IN ('planned', 'applied', 'failed', 'reverted', 'undo-failed', 'withdrawn'))`);
  }
}
