import { setTimeout as sleep } from 'node:timers/promises';
import { freshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import type { Bench, BenchResult } from '../bench';
import { Attempts } from './attempts';
import { LongTransaction } from './long-transaction';
import { MigratorProcess, type Migrated } from './migrator-process';
import { SteadyLoad, type LoadSeen } from './steady-load';

interface Plan {
  readonly lockTimeoutMs: number;
  readonly lockBudgetMs: number;
  /** How long the transaction in the way lasts, where it ends before the budget does. */
  readonly inTheWayMs: number;
  readonly calmMs: number;
}

/** The first is the service's default. */
const FULL: Plan = { lockTimeoutMs: 1_000, lockBudgetMs: 10_000, inTheWayMs: 5_000, calmMs: 3_000 };
const SMOKE: Plan = { lockTimeoutMs: 200, lockBudgetMs: 2_000, inTheWayMs: 1_000, calmMs: 500 };

const TRANSACTIONS_PER_SECOND = 200;
const TABLE = 'module_bench_wallet.accounts';

/** A migration in the way of which a long transaction is, beside players; then the same ALTER TABLE as everybody runs it. */
export const migrateBench: Bench = {
  name: 'migrate',
  description: `a migration that gets no lock, beside ${TRANSACTIONS_PER_SECOND} transactions a second`,
  async run({ smoke }): Promise<BenchResult> {
    const [modules, shadow] = [await freshDatabase(), await freshDatabase()];
    try {
      return await measure(modules.url, shadow.url, smoke ? SMOKE : FULL);
    } finally {
      await modules.drop();
      await shadow.drop();
    }
  },
};

async function measure(databaseUrl: string, shadowUrl: string, plan: Plan): Promise<BenchResult> {
  const migrator = await MigratorProcess.start({ databaseUrl, shadowUrl, ...plan });
  const began = await migrator.migrate(
    'V1__accounts.sql',
    `CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL); ${SteadyLoad.seed}`,
  );
  if (!began.ok) throw new Error(began.detail);
  const load = new SteadyLoad(databaseUrl, TABLE, TRANSACTIONS_PER_SECOND);
  try {
    await sleep(plan.calmMs);
    const calm = await load.seen();
    const givenUp = await beside(databaseUrl, load, plan.lockBudgetMs * 2, () =>
      migrator.migrate('V2__given_up.sql', 'ALTER TABLE accounts ADD COLUMN given_up int'),
    );
    migrator.withdraw('V2__given_up.sql');
    const retried = await beside(databaseUrl, load, plan.inTheWayMs, () =>
      migrator.migrate('V3__retried.sql', 'ALTER TABLE accounts ADD COLUMN retried int'),
    );
    const plain = await beside(databaseUrl, load, plan.inTheWayMs, () => alterPlainly(databaseUrl));
    if (givenUp.done.ok) throw new Error('The migration went on although a transaction was in its way');
    if (!retried.done.ok) throw new Error(`The migration was given up: ${retried.done.detail}`);
    return resultOf(plan, { calm, givenUp, retried, plain });
  } finally {
    await load.stop();
    await migrator.stop();
  }
}

interface Beside<Done> {
  readonly done: Done;
  readonly load: LoadSeen;
  readonly attempts: number;
}

/** What `work` does, and the load meanwhile, with a transaction in the way that ends after that time, or after the work. */
async function beside<Done>(
  databaseUrl: string,
  load: SteadyLoad,
  inTheWayMs: number,
  work: () => Promise<Done>,
): Promise<Beside<Done>> {
  const attempts = await Attempts.watch(databaseUrl);
  const inTheWay = await LongTransaction.begin(databaseUrl, TABLE);
  await load.seen();
  const worked = work();
  const isOver = new AbortController();
  void worked.then(() => isOver.abort());
  await sleep(inTheWayMs, undefined, { signal: isOver.signal }).catch(() => undefined);
  await inTheWay.end();
  const done = await worked;
  return { done, load: await load.seen(), attempts: await attempts.end() };
}

/** Without a limit to its wait, as `flyway migrate` and `psql` run it. */
async function alterPlainly(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`ALTER TABLE ${TABLE} ADD COLUMN plain int`);
  await client.end();
}

interface Measured {
  readonly calm: LoadSeen;
  readonly givenUp: Beside<Migrated>;
  readonly retried: Beside<Migrated>;
  readonly plain: Beside<void>;
}

function resultOf(plan: Plan, { calm, givenUp, retried, plain }: Measured): BenchResult {
  const longestStallMs = Math.max(givenUp.load.longestMs, retried.load.longestMs);
  const perSecond = Math.min(givenUp.load.perSecond, retried.load.perSecond);
  return {
    figures: {
      lockTimeoutMs: plan.lockTimeoutMs,
      lockBudgetMs: plan.lockBudgetMs,
      calmP99Ms: calm.p99Ms,
      calmLongestMs: calm.longestMs,
      givenUpAfterMs: givenUp.done.tookMs,
      givenUpAttempts: givenUp.attempts,
      givenUpLoadPerSecond: givenUp.load.perSecond,
      givenUpLoadP99Ms: givenUp.load.p99Ms,
      givenUpLongestStallMs: givenUp.load.longestMs,
      transactionInTheWayMs: plan.inTheWayMs,
      appliedAfterMs: retried.done.tookMs,
      appliedAttempts: retried.attempts,
      appliedLoadPerSecond: retried.load.perSecond,
      appliedLongestStallMs: retried.load.longestMs,
      plainAlterLongestStallMs: plain.load.longestMs,
    },
    ratios: [
      {
        name: 'given up within the lock budget',
        value: givenUp.done.tookMs / plan.lockBudgetMs,
        goal: { atMost: 1 },
      },
      {
        name: 'longest stall over the lock budget',
        value: longestStallMs / plan.lockBudgetMs,
        goal: { atMost: 1 },
      },
      {
        name: 'longest stall over a plain ALTER',
        value: retried.load.longestMs / plain.load.longestMs,
        goal: { atMost: 0.5 },
      },
      {
        name: `transactions a second over ${TRANSACTIONS_PER_SECOND}`,
        value: perSecond / TRANSACTIONS_PER_SECOND,
        goal: { atLeast: 0.98 },
      },
      { name: 'attempts until it was applied', value: retried.attempts, goal: { atLeast: 2 } },
    ],
  };
}
