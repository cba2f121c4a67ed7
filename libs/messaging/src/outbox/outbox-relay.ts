import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { BusUnavailable, PartlyPublished, type Bus } from '../bus';
import { errorOf } from '../error-of';
import { pause } from '../pause';
import { retryDelayMs, type Backoff } from '../retry-delay';
import type { Publishable, WrittenEvent } from '../written-event';
import {
  claimBatch,
  countPending,
  oldestPendingSeconds,
  type ClaimedBatch,
  type OutboxRow,
} from './claimed-batch';
import { onOutboxCommit } from './commit-signal';
import { EventLoop } from './event-loop';
import { OutboxChannel } from './outbox-channel';
import { WakeUp } from './wake-up';

export interface OutboxRelayOptions {
  dataSource: DataSource;
  bus: Bus;
  /** Rows claimed at once. */
  batchSize?: number;
  /** Batches that may wait for the bus at once; each holds a connection of the pool. */
  maxInFlight?: number;
  /** How soon rows are found that nobody told of. */
  pollMs?: number;
  backoff?: Backoff;
  onPublished?: (events: readonly WrittenEvent[]) => void;
  onFailed?: (error: Error) => void;
}

/** What the bus answered for a part of a batch. */
interface Publication {
  readonly published: readonly OutboxRow[];
  readonly refused: readonly OutboxRow[];
  readonly error: Error | undefined;
}

/** How long the bus may have a batch before the next one is claimed beside it, so that a slow consumer holds up little. */
const PATIENCE_MS = 100;
const DRAIN_DEADLINE_MS = 10_000;
/**
 * With a batch of 200 between two of them, a process that is out of time still publishes 800 events a second: what is
 * committed can wait, and whoever sends it cannot.
 */
const SATURATED_PAUSE_MS = 250;
/** What commits meanwhile goes along: claiming and settling cost the same for one row as for a hundred. */
const GATHER_MS = 20;
/** A timer may fire a little before PostgreSQL's clock agrees. */
const CLOCK_SKEW_MS = 10;
/** An outage of hours is one story, not a flood. */
const WARNING_INTERVAL_MS = 60_000;

/** Publishes what committed to the outbox. Any number of relays may share a table. */
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly options: Required<
    Pick<OutboxRelayOptions, 'batchSize' | 'maxInFlight' | 'pollMs' | 'backoff'>
  > &
    OutboxRelayOptions;
  private readonly wakeUp = new WakeUp();
  private readonly eventLoop = new EventLoop();
  private readonly inFlight = new Set<Promise<void>>();
  private stopping = new AbortController();
  private running: Promise<void> | undefined;
  private channel: OutboxChannel | undefined;
  private stopListening: (() => void) | undefined;
  private failuresInARow = 0;
  /** Times of the monotonic clock, in ms. */
  private restsUntilMs = 0;
  private silentUntilMs = 0;

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
    const { dataSource } = this.options;
    const channel = new OutboxChannel(dataSource, () => this.wakeUp.signal());
    this.channel = channel;
    channel.open();
    this.stopping = new AbortController();
    this.stopListening = onOutboxCommit(dataSource, () => {
      this.wakeUp.signal();
      channel.notifyOthers();
    });
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
    await this.channel?.close();
  }

  pendingCount(): Promise<number> {
    return countPending(this.options.dataSource);
  }

  /** Of the oldest message that is not published, in seconds; 0 when there is none. */
  pendingAgeSeconds(): Promise<number> {
    return oldestPendingSeconds(this.options.dataSource);
  }

  private async run(stopping: AbortSignal): Promise<void> {
    const { maxInFlight, pollMs, bus } = this.options;
    while (!stopping.aborted) {
      const restMs = this.restsUntilMs - performance.now();
      if (restMs > 0) await pause(restMs, stopping);
      else if (!bus.connected) await this.wakeUp.within(pollMs);
      else if (this.inFlight.size >= maxInFlight) await this.wakeUp.within(pollMs);
      else await this.relayAndRest(stopping);
    }
  }

  private async relayAndRest(stopping: AbortSignal): Promise<void> {
    const { batchSize, pollMs } = this.options;
    const claimed = await this.relayBatch();
    const saturated = this.eventLoop.isSaturated();
    if (claimed < batchSize) {
      if (claimed > 0) await pause(GATHER_MS, stopping);
      await this.wakeUp.within(pollMs);
    }
    // Whoever waits for an answer comes first; other processes' relays have been told, too.
    else if (saturated) await pause(SATURATED_PAUSE_MS, stopping);
  }

  private async relayBatch(): Promise<number> {
    const { dataSource, batchSize, maxInFlight } = this.options;
    try {
      const batch = await claimBatch(dataSource, batchSize);
      if (!batch) return 0;
      const relaying = this.relay(batch).finally(() => {
        if (this.inFlight.size >= maxInFlight) this.wakeUp.signal();
        this.inFlight.delete(relaying);
      });
      this.inFlight.add(relaying);
      await Promise.race([relaying, sleep(PATIENCE_MS, undefined, { ref: false })]);
      return batch.rows.length;
    } catch (error) {
      this.failed(error);
      this.rest();
      return 0;
    }
  }

  private async relay(batch: ClaimedBatch): Promise<void> {
    try {
      const parts = await Promise.all(
        partsOf(batch.rows).map(([consumer, rows]) => this.publish(consumer, rows)),
      );
      const published = parts.flatMap((part) => part.published);
      const refused = parts.flatMap((part) => part.refused);
      const errors = parts.flatMap(({ error }) => error ?? []);
      const away = errors.find((error) => error instanceof BusUnavailable);
      // Rows that nobody but an absent bus keeps from going out need no delay of their own.
      if (published.length > 0 || !away) await this.settle(batch, published, away ? [] : refused);
      else await batch.giveBack();
      for (const error of errors) this.failed(error);
      if (away) this.rest();
    } catch (error) {
      await batch.giveBack();
      this.failed(error);
      this.rest();
    }
  }

  private async publish(consumer: string | null, rows: readonly OutboxRow[]): Promise<Publication> {
    const { bus } = this.options;
    const events = rows.map(({ event }) => event);
    try {
      await (consumer === null ? bus.publish(events) : bus.publishTo(consumer, events));
      return { published: rows, refused: [], error: undefined };
    } catch (thrown) {
      const error = errorOf(thrown);
      if (!(error instanceof PartlyPublished)) return { published: [], refused: rows, error };
      const unpublished = new Set<Publishable>(error.unpublished);
      const refused = rows.filter(({ event }) => unpublished.has(event));
      const published = rows.filter(({ event }) => !unpublished.has(event));
      return { published, refused, error: error.cause };
    }
  }

  private async settle(
    batch: ClaimedBatch,
    published: readonly OutboxRow[],
    refused: readonly OutboxRow[],
  ): Promise<void> {
    // One delay for all of them, so that they come again together.
    const attempts = Math.max(0, ...refused.map((row) => row.attempts));
    const delayMs = retryDelayMs(attempts + 1, this.options.backoff);
    await batch.settle(published, refused, delayMs);
    if (published.length > 0) {
      this.failuresInARow = 0;
      this.options.onPublished?.(published.map(({ event }) => event));
    }
    if (refused.length > 0) setTimeout(() => this.wakeUp.signal(), delayMs + CLOCK_SKEW_MS).unref();
  }

  private failed(thrown: unknown): void {
    const error = errorOf(thrown);
    this.failuresInARow++;
    this.options.onFailed?.(error);
    if (performance.now() < this.silentUntilMs) return;
    this.silentUntilMs = performance.now() + WARNING_INTERVAL_MS;
    this.logger.warn(`Publishing failed, ${this.failuresInARow} times in a row: ${error.message}`);
  }

  private rest(): void {
    this.restsUntilMs = performance.now() + retryDelayMs(this.failuresInARow, this.options.backoff);
    // Woken, the loop rests for the delay and claims again, instead of resting for the poll on top.
    this.wakeUp.signal();
  }
}

/** Rows for everybody first, then those for each one consumer. */
function partsOf(rows: readonly OutboxRow[]): [consumer: string | null, rows: OutboxRow[]][] {
  const parts = new Map<string | null, OutboxRow[]>();
  for (const row of rows) {
    const part = parts.get(row.consumer);
    if (part) part.push(row);
    else parts.set(row.consumer, [row]);
  }
  return [...parts];
}
