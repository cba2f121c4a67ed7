import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Bus } from '../bus';
import { errorOf } from '../error-of';
import { pause } from '../pause';
import { retryDelayMs, type Backoff } from '../retry-delay';
import { claimBatch, countPending, deletePublished, type ClaimedBatch } from './claimed-batch';
import { onOutboxCommit } from './commit-signal';
import { WakeUp } from './wake-up';

export interface OutboxRelayOptions {
  dataSource: DataSource;
  bus: Bus;
  /** Rows claimed at once. */
  batchSize?: number;
  /** Batches that may wait for the bus at once; each holds a connection of the pool. */
  maxInFlight?: number;
  /** How soon rows are found that no commit of this process announced. */
  pollMs?: number;
  backoff?: Backoff;
  onPublished?: (count: number) => void;
  onFailed?: (error: Error) => void;
}

/** How long the bus may have a batch before the next one is claimed beside it, so that a slow consumer holds up little. */
const PATIENCE_MS = 100;
const DRAIN_DEADLINE_MS = 10_000;
const CLEANING_INTERVAL_MS = 10 * 60_000;

/** Publishes what committed to the outbox. Any number of relays may share a table. */
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly options: Required<
    Pick<OutboxRelayOptions, 'batchSize' | 'maxInFlight' | 'pollMs' | 'backoff'>
  > &
    OutboxRelayOptions;
  private readonly wakeUp = new WakeUp();
  private readonly inFlight = new Set<Promise<void>>();
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private stopListening: (() => void) | undefined;
  private failuresInARow = 0;
  /** Times of the monotonic clock, in ms. */
  private restsUntilMs = 0;
  private cleansAtMs = 0;

  constructor(options: OutboxRelayOptions) {
    this.options = {
      batchSize: 200,
      maxInFlight: 4,
      pollMs: 500,
      backoff: { initialMs: 100, factor: 2, maxMs: 10_000 },
      ...options,
    };
  }

  start(): void {
    if (this.running) return;
    this.stopping = new AbortController();
    this.stopListening = onOutboxCommit(this.options.dataSource, () => this.wakeUp.signal());
    this.running = this.run(this.stopping.signal);
  }

  /** Claims nothing more and gives the bus 10 s to answer for what it has. What it does not answer for stays. */
  async stop(): Promise<void> {
    this.stopListening?.();
    this.stopping.abort();
    this.wakeUp.signal();
    await this.running;
    this.running = undefined;
    await Promise.race([Promise.all(this.inFlight), sleep(DRAIN_DEADLINE_MS, undefined, { ref: false })]);
  }

  pendingCount(): Promise<number> {
    return countPending(this.options.dataSource);
  }

  private async run(stopping: AbortSignal): Promise<void> {
    const { batchSize, maxInFlight, pollMs, bus } = this.options;
    while (!stopping.aborted) {
      const restMs = this.restsUntilMs - performance.now();
      if (restMs > 0) await pause(restMs, stopping);
      else if (!bus.connected) await this.wakeUp.within(pollMs);
      else if (this.inFlight.size >= maxInFlight) await this.wakeUp.within(pollMs);
      else if ((await this.relayBatch()) < batchSize) await this.wakeUp.within(pollMs);
    }
  }

  private async relayBatch(): Promise<number> {
    const { dataSource, batchSize, maxInFlight } = this.options;
    try {
      await this.cleanSometimes();
      const batch = await claimBatch(dataSource, batchSize);
      if (!batch) return 0;
      const publication = this.publish(batch).finally(() => {
        if (this.inFlight.size >= maxInFlight) this.wakeUp.signal();
        this.inFlight.delete(publication);
      });
      this.inFlight.add(publication);
      await Promise.race([publication, sleep(PATIENCE_MS, undefined, { ref: false })]);
      return batch.events.length;
    } catch (error) {
      this.failed(error);
      return 0;
    }
  }

  private async publish(batch: ClaimedBatch): Promise<void> {
    try {
      await this.options.bus.publish(batch.events);
      await batch.markPublished();
      this.failuresInARow = 0;
      this.options.onPublished?.(batch.events.length);
    } catch (error) {
      await batch.giveBack();
      this.failed(error);
    }
  }

  private failed(thrown: unknown): void {
    const error = errorOf(thrown);
    this.failuresInARow++;
    this.restsUntilMs = performance.now() + retryDelayMs(this.failuresInARow, this.options.backoff);
    // Woken, the loop rests for the delay and claims again, instead of resting for the poll on top.
    this.wakeUp.signal();
    // 1st, 2nd, 4th, 8th... of a row: an outage of hours is one story, not a flood.
    if (Number.isInteger(Math.log2(this.failuresInARow)))
      this.logger.warn(`Publishing failed ${this.failuresInARow} times in a row: ${error.message}`);
    this.options.onFailed?.(error);
  }

  private async cleanSometimes(): Promise<void> {
    if (performance.now() < this.cleansAtMs) return;
    this.cleansAtMs = performance.now() + CLEANING_INTERVAL_MS;
    await deletePublished(this.options.dataSource);
  }
}
