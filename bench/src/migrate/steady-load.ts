import { Pool } from 'pg';

const SESSIONS = 30;
const ROWS = 1_000;
const TICK_MS = 5;

export interface LoadSeen {
  readonly perSecond: number;
  readonly p99Ms: number;
  /** From when the transaction was due, so that one that is held up does not hide those behind it. */
  readonly longestMs: number;
}

/** Transactions of players at a steady rate, each due at its time whether or not the ones before have ended. */
export class SteadyLoad {
  private readonly pool: Pool;
  private readonly underWay = new Set<Promise<void>>();
  private readonly startedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private begun = 0;
  private delays: number[] = [];
  private seenSince = performance.now();
  private failure: Error | undefined;

  /** On a table with the columns `id` and `balance`. */
  constructor(
    databaseUrl: string,
    private readonly table: string,
    private readonly perSecond: number,
  ) {
    this.pool = new Pool({ connectionString: databaseUrl, max: SESSIONS });
    this.timer = setInterval(() => this.beginWhatIsDue(), TICK_MS);
  }

  static get seed(): string {
    return `INSERT INTO accounts SELECT n, 0 FROM generate_series(1, ${ROWS}) AS n`;
  }

  /** Of the transactions that began since it was last asked, once all of them have ended. */
  async seen(): Promise<LoadSeen> {
    const forMs = performance.now() - this.seenSince;
    await Promise.all(this.underWay);
    if (this.failure) throw this.failure;
    const delays = this.delays.sort((a, b) => a - b);
    this.delays = [];
    this.seenSince = performance.now();
    return {
      perSecond: (delays.length / Math.max(forMs, 1)) * 1000,
      p99Ms: delays[Math.ceil(delays.length * 0.99) - 1] ?? 0,
      longestMs: delays.at(-1) ?? 0,
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    await this.pool.end();
  }

  private beginWhatIsDue(): void {
    for (;;) {
      const dueAt = this.startedAt + (this.begun * 1000) / this.perSecond;
      if (dueAt > performance.now()) return;
      this.begun += 1;
      const one = this.transact(dueAt)
        .catch((error: Error) => {
          this.failure ??= error;
        })
        .finally(() => this.underWay.delete(one));
      this.underWay.add(one);
    }
  }

  private async transact(dueAt: number): Promise<void> {
    const account = 1 + Math.floor(Math.random() * ROWS);
    await this.pool.query(
      `BEGIN; SELECT balance FROM ${this.table} WHERE id = ${account};
       UPDATE ${this.table} SET balance = balance + 1 WHERE id = ${account}; COMMIT`,
    );
    this.delays.push(performance.now() - dueAt);
  }
}
