import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from './http-connection';
import type { LoadOptions, LoadReport } from './load';
import { SignedRequests } from './signed-requests';

/** How long answers may take after the last request. */
const DRAIN_MS = 10_000;
/** More than any server here answers. */
const MAX_RATE = 40_000;

/** Sends webhooks from a process of its own: `options` as JSON in, a report as JSON out. */
async function main(options: LoadOptions): Promise<void> {
  const seconds = options.warmUpSeconds + options.seconds;
  const count = Math.ceil((options.ratePerSecond ?? MAX_RATE) * seconds);
  const load = new Load(options, new SignedRequests(count, options));
  const report = await load.run();
  process.stdout.write(`${JSON.stringify(report)}\n`);
  process.exit(0);
}

class Load {
  private readonly idle: HttpConnection[] = [];
  private readonly startedAt = new Map<HttpConnection, number>();
  private readonly latenciesMs: number[] = [];
  private readonly statuses: Record<number, number> = {};
  private sent = 0;
  private warmAt = 0;
  private answersSinceWarm = 0;
  private lastAnswerAt = 0;
  private over = false;

  constructor(
    private readonly options: LoadOptions,
    private readonly requests: SignedRequests,
  ) {}

  async run(): Promise<LoadReport> {
    const { port, connections, warmUpSeconds, seconds, ratePerSecond } = this.options;
    for (let opened = 0; opened < connections; opened += 1)
      this.idle.push(
        await HttpConnection.open(
          port,
          (status, connection) => this.answered(status, connection),
          (error) => {
            throw error;
          },
        ),
      );
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    this.warmAt = startedAt + warmUpSeconds * 1000;
    if (ratePerSecond === undefined) {
      while (this.idle.length > 0) this.sendNext(performance.now());
      await sleep((warmUpSeconds + seconds) * 1000);
    } else await this.sendAtRate(ratePerSecond, startedAt);
    this.over = true;
    const deadline = performance.now() + DRAIN_MS;
    while (this.startedAt.size > 0 && performance.now() < deadline) await sleep(5);
    const cpu = process.cpuUsage(cpuBefore);
    return this.report((this.lastAnswerAt - startedAt) / 1000, cpu.user + cpu.system);
  }

  /**
   * A request that finds no connection free waits, and its wait counts: it is measured from when it was due.
   * (Coordinated omission: https://www.scylladb.com/2021/04/22/on-coordinated-omission/)
   */
  private async sendAtRate(ratePerSecond: number, startedAt: number): Promise<void> {
    while (this.sent < this.requests.length) {
      const due = Math.min(
        this.requests.length,
        Math.floor(((performance.now() - startedAt) / 1000) * ratePerSecond),
      );
      while (this.sent < due && this.idle.length > 0)
        this.sendNext(startedAt + (this.sent / ratePerSecond) * 1000);
      await sleep(1);
    }
  }

  private sendNext(dueAt: number): void {
    if (this.sent >= this.requests.length) return;
    const connection = this.idle.pop();
    if (!connection) return;
    this.startedAt.set(connection, dueAt);
    connection.send(this.requests.at(this.sent));
    this.sent += 1;
  }

  private answered(status: number, connection: HttpConnection): void {
    this.lastAnswerAt = performance.now();
    if (this.lastAnswerAt >= this.warmAt) this.answersSinceWarm += 1;
    const dueAt = this.startedAt.get(connection) ?? NaN;
    if (dueAt >= this.warmAt) this.latenciesMs.push(this.lastAnswerAt - dueAt);
    this.startedAt.delete(connection);
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    this.idle.push(connection);
    if (!this.over && this.options.ratePerSecond === undefined) this.sendNext(this.lastAnswerAt);
  }

  private report(seconds: number, cpuMicros: number): LoadReport {
    const answered = Object.values(this.statuses).reduce((sum, count) => sum + count, 0);
    const sorted = Float64Array.from(this.latenciesMs).sort();
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
    return {
      accepted: this.statuses[202] ?? 0,
      answered,
      unanswered: this.startedAt.size,
      statuses: this.statuses,
      seconds,
      perSecond: (this.answersSinceWarm * 1000) / (this.lastAnswerAt - this.warmAt),
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      maxMs: at(1),
      cpuMicrosPerRequest: cpuMicros / answered,
    };
  }
}

void main(JSON.parse(process.argv[2] ?? '{}') as LoadOptions);
