import type { Client } from 'pg';
import { MigrationFailure } from '../engine/migration-failure';
import type { Statement } from '../lint/statement';
import { clearHalfBuilt, runOutsideTransaction } from './outside-transaction';
import type { PreparedScript } from './prepared-script';
import { describeFault, isFaultOfScript, type SqlFault } from './sql-fault';

export interface Limits {
  /** The longest wait for one lock. Whoever asks for it later waits behind, players included. */
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** Told of each statement when it has run, on the same session and in the same transaction. */
export type StatementObserver = (statement: Statement, durationMs: number) => Promise<void>;

/** Runs scripts in one schema, on one session. */
export class ScriptExecution {
  constructor(
    private readonly client: Client,
    private readonly schema: string,
    private readonly limits: Limits,
    private readonly observe: StatementObserver = () => Promise.resolve(),
  ) {}

  /** Answers the milliseconds it took. @throws MigrationFailure when it is the script's fault */
  async run({ statements, transactional }: PreparedScript): Promise<number> {
    const startedMs = performance.now();
    await this.configure(transactional);
    for (const statement of statements) {
      const statementStartedMs = performance.now();
      try {
        if (transactional) await this.client.query(statement.sql);
        else await runOutsideTransaction(this.client, this.schema, statement);
      } catch (error) {
        if (!transactional) await clearHalfBuilt(this.client, this.schema, statement).catch(() => undefined);
        throw failureOf(statement, error as SqlFault);
      }
      await this.observe(statement, performance.now() - statementStartedMs);
    }
    await this.checkDeferred(statements.at(-1), transactional);
    return performance.now() - startedMs;
  }

  /** Made anew for each script, as the one before may have changed it. */
  private async configure(transactional: boolean): Promise<void> {
    const { lockTimeoutMs, statementTimeoutMs } = this.limits;
    // An index that is built beside the traffic waits for old transactions, and blocks nobody meanwhile.
    const [lockMs, statementMs] = transactional ? [lockTimeoutMs, statementTimeoutMs] : [0, 0];
    await this.client.query(
      `SELECT set_config('search_path', $1, $4), set_config('lock_timeout', $2, $4),
         set_config('statement_timeout', $3, $4)`,
      [`"${this.schema}"`, String(lockMs), String(statementMs), transactional],
    );
  }

  /** What was deferred to the end of the transaction would else fail there, with no script to name. */
  private async checkDeferred(last: Statement | undefined, transactional: boolean): Promise<void> {
    if (!last || !transactional) return;
    await this.client.query('SET CONSTRAINTS ALL IMMEDIATE').catch((error: unknown) => {
      throw failureOf(last, error as SqlFault);
    });
  }
}

function failureOf(statement: Statement, fault: SqlFault): unknown {
  if (!isFaultOfScript(fault)) return fault;
  return new MigrationFailure(describeFault(statement, fault), { cause: fault });
}
