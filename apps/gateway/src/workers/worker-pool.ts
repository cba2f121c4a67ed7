import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { RoutingUpdate } from '@croupier/contracts';
import { fullJitterMs } from '@croupier/service-kit';
import type { FromWorker, ToWorker, WorkerMetric } from './messages';

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 5_000;
/** A worker that lived so long did not fail because of what it began with. */
const SETTLED_AFTER_MS = 10_000;
const STOP_DEADLINE_MS = 12_000;
const METRICS_DEADLINE_MS = 2_000;

/** The processes that deal players: as many as were asked for, whatever happens to one of them. */
export class WorkerPool {
  private readonly workers = new Set<Worker>();
  /** Those that have been told where to begin. */
  private readonly begun = new WeakSet<Worker>();
  private readonly answers = new Map<number, (metrics: readonly WorkerMetric[]) => void>();
  private known: () => RoutingUpdate | null = () => null;
  private controlUrl: string | null = null;
  private stopping = false;
  private failures = 0;
  private lastQuestion = 0;

  constructor(
    private readonly size: number,
    private readonly say: (line: string) => void,
  ) {}

  /** @param known all of the routing at the time of the call, for a worker that begins */
  start(known: () => RoutingUpdate | null): void {
    this.known = known;
    cluster.on('message', (worker, message: FromWorker) => {
      if (message.kind === 'ready') this.begin(worker);
      else this.answers.get(message.id)?.(message.metrics);
    });
    for (let index = 0; index < this.size; index += 1) this.fork();
  }

  /** Where the workers' other routes are answered from now on. */
  controlAt(url: string): void {
    this.controlUrl = url;
    this.tell({ kind: 'control', url });
  }

  update(update: RoutingUpdate): void {
    this.tell({ kind: 'routing', update });
  }

  /**
   * Puts a new worker in the place of each, one after the other. No connection is refused meanwhile. When a new one
   * ends before it listens, the old ones that are left stay.
   */
  async replaceAll(): Promise<void> {
    for (const old of [...this.workers]) {
      if (this.stopping) return;
      const fresh = this.fork();
      await Promise.race([once(fresh, 'listening'), once(fresh, 'exit')]);
      if (fresh.isDead()) return this.say('Workers are not replaced: a new one has ended.');
      await this.drain(old);
    }
  }

  /** @param leaveMs how long the workers go on and say that they end, before they take no connection any more */
  async stop(leaveMs: number): Promise<void> {
    this.stopping = true;
    if (leaveMs > 0) {
      this.tell({ kind: 'leave' });
      await pause(leaveMs);
    }
    await Promise.all([...this.workers].map((worker) => this.drain(worker)));
  }

  /** Of every worker that answers in time. */
  async metrics(): Promise<(readonly WorkerMetric[])[]> {
    return (await Promise.all([...this.workers].map((worker) => this.metricsOf(worker)))).filter(
      (metrics) => metrics !== null,
    );
  }

  private fork(): Worker {
    const worker = cluster.fork();
    const startedAt = performance.now();
    this.workers.add(worker);
    worker.on('error', () => undefined);
    worker.once('exit', (code, signal) => {
      const expected = !this.workers.delete(worker);
      if (this.stopping || expected) return;
      if (performance.now() - startedAt > SETTLED_AFTER_MS) this.failures = 0;
      this.failures += 1;
      const delayMs = fullJitterMs(this.failures, FIRST_RESTART_MS, LONGEST_RESTART_MS);
      this.say(`A worker has ended (${signal ?? code}); another begins in ${Math.round(delayMs)} ms.`);
      setTimeout(() => {
        if (!this.stopping) this.fork();
      }, delayMs);
    });
    return worker;
  }

  private begin(worker: Worker): void {
    send(worker, { kind: 'start', routing: this.known() });
    if (this.controlUrl !== null) send(worker, { kind: 'control', url: this.controlUrl });
    this.begun.add(worker);
  }

  private async drain(worker: Worker): Promise<void> {
    this.workers.delete(worker);
    if (worker.isDead()) return;
    const gone = once(worker, 'exit');
    send(worker, { kind: 'drain' });
    const killer = setTimeout(() => worker.process.kill('SIGKILL'), STOP_DEADLINE_MS);
    await gone;
    clearTimeout(killer);
  }

  private tell(message: ToWorker): void {
    for (const worker of this.workers) if (this.begun.has(worker)) send(worker, message);
  }

  private async metricsOf(worker: Worker): Promise<readonly WorkerMetric[] | null> {
    const id = (this.lastQuestion += 1);
    const deadline = new AbortController();
    try {
      return await Promise.race([
        new Promise<readonly WorkerMetric[]>((resolve) => {
          this.answers.set(id, resolve);
          send(worker, { kind: 'metrics', id });
        }),
        pause(METRICS_DEADLINE_MS, null, { signal: deadline.signal }),
      ]);
    } finally {
      deadline.abort();
      this.answers.delete(id);
    }
  }
}

/** A worker that has just died is told in vain. */
function send(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
