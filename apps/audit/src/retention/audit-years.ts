import { Injectable } from '@nestjs/common';
import { changePartitions, partitionsOf, type Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';

const TURN = { turn: 'croupier.audit.years', lockTimeoutMs: 2_000 };
const NAME = /^audit_records_(\d{4})$/;

/** How far a chain goes in a year. */
export interface YearOfChain {
  readonly tenant: string;
  readonly records: number;
  /** The highest sequence. */
  readonly last: number;
}

/**
 * Records lie in a table a year (UTC). Making and dropping these tables is for the owner of the schema alone; the role
 * that appends may do neither.
 */
@Injectable()
export class AuditYears {
  constructor(private readonly dataSource: DataSource) {}

  /** This year's table and the next one's. */
  async create(now: Date): Promise<void> {
    const year = now.getUTCFullYear();
    const kept = new Set(await this.kept());
    for (const each of [year, year + 1])
      if (!kept.has(each)) await this.inTurn((tx) => tx.query('SELECT add_audit_year($1)', [each]));
  }

  /** The oldest first. */
  async kept(queries: Pick<Transaction, 'query'> = this.dataSource): Promise<number[]> {
    const names = await partitionsOf(queries, 'audit_records');
    return names.flatMap((name) => (NAME.test(name) ? [Number(NAME.exec(name)![1])] : []));
  }

  chainsOf(year: number, queries: Pick<Transaction, 'query'> = this.dataSource): Promise<YearOfChain[]> {
    return queries.query<YearOfChain[]>(
      `SELECT tenant, count(*)::integer AS records, max(sequence)::float8 AS last
         FROM audit_records_${year} GROUP BY tenant ORDER BY tenant`,
    );
  }

  /**
   * Lets a year go, in one transaction with what `before` does. False when it was gone already.
   * @param before - throws to keep the year
   */
  async drop(year: number, before: (tx: Transaction) => Promise<void>): Promise<boolean> {
    return this.inTurn(async (tx) => {
      if (!(await this.kept(tx)).includes(year)) return false;
      await before(tx);
      await tx.query(`DROP TABLE audit_records_${year}, audit_checkpoints_${year}`);
      return true;
    });
  }

  private inTurn<Result>(change: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return changePartitions(this.dataSource, TURN, change);
  }
}
