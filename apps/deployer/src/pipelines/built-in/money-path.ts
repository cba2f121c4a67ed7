import { Injectable } from '@nestjs/common';
import { OutboundHttp } from '@croupier/service-kit';
import { z } from 'zod';

const DEPOSIT_CENTS = 10_000;
const STAKE_CENTS = 100;

const Health = z.object({ status: z.literal('ok'), version: z.string() });
const Balance = z.object({ balance: z.int().min(0) });
const Spin = Balance.extend({ win: z.int().min(0) });

export interface MoneyPathSubject {
  readonly endpoint: string;
  readonly version: string;
  readonly runId: string;
}

interface Run extends MoneyPathSubject {
  /** What the player must own now, in cents. */
  balance: number;
}

export interface CheckOutcome {
  readonly name: string;
  readonly durationMs: number;
  /** Null for a check that passed. */
  readonly failure: string | null;
}

type Check = readonly [name: string, check: (run: Run) => Promise<void>];

/** Smoke (health) and e2e over the money path: deposit, spin, withdrawal, each repeated to prove idempotency. */
@Injectable()
export class MoneyPath {
  private readonly checks: readonly Check[] = [
    ['health', (run) => this.health(run)],
    ['deposit', (run) => this.deposit(run)],
    ['spin', (run) => this.spin(run)],
    ['withdrawal', (run) => this.withdrawal(run)],
  ];

  constructor(private readonly http: OutboundHttp) {}

  /** Up to the first that fails. */
  async check(subject: MoneyPathSubject): Promise<CheckOutcome[]> {
    const run: Run = { ...subject, balance: 0 };
    const outcomes: CheckOutcome[] = [];
    for (const [name, check] of this.checks) {
      const begun = performance.now();
      const failure = await check(run).then(
        () => null,
        (error: Error) => error.message,
      );
      outcomes.push({ name, durationMs: performance.now() - begun, failure });
      if (failure !== null) break;
    }
    return outcomes;
  }

  private async health({ endpoint, version }: Run): Promise<void> {
    const health = Health.parse(await this.http.getJson(`${endpoint}/health`));
    expectEqual('version', health.version, version);
  }

  private async deposit(run: Run): Promise<void> {
    run.balance = DEPOSIT_CENTS;
    for (const _ of ['once', 'again']) {
      const { balance } = Balance.parse(await this.play(run, 'deposit', { amount: DEPOSIT_CENTS }));
      expectEqual('balance after the deposit', balance, run.balance);
    }
  }

  private async spin(run: Run): Promise<void> {
    const first = Spin.parse(await this.play(run, 'spin', { stake: STAKE_CENTS }));
    run.balance += first.win - STAKE_CENTS;
    expectEqual('balance after the spin', first.balance, run.balance);
    const again = Spin.parse(await this.play(run, 'spin', { stake: STAKE_CENTS }));
    expectEqual('win of the same spin sent again', again.win, first.win);
  }

  private async withdrawal(run: Run): Promise<void> {
    for (const _ of ['once', 'again']) {
      const { balance } = Balance.parse(await this.play(run, 'withdrawal', { amount: run.balance }));
      expectEqual('balance after the withdrawal', balance, 0);
    }
  }

  private play(run: Run, operation: string, body: object): Promise<unknown> {
    return this.http.postJson(`${run.endpoint}/${operation}`, {
      player: `croupier-${run.runId}`,
      idempotencyKey: `${run.runId}-${operation}`,
      ...body,
    });
  }
}

function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what} is ${String(actual)} and not ${String(expected)}`);
}
