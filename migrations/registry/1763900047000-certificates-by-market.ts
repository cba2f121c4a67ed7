import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a game may be dealt is asked of one market: its certificates lie on one page, and the table is not read. */
export class CertificatesByMarket1763900047000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX certificates_by_market ON certificates (provider, game, market, version)
        INCLUDE (certificate, laboratory, digest, rtp, valid_from, valid_to, withdrawn_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX certificates_by_market');
  }
}
