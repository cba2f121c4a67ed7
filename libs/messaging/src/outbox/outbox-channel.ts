import { Logger } from '@nestjs/common';
import { Client, type ClientConfig, type Notification } from 'pg';
import type { DataSource } from 'typeorm';
import { errorOf } from '../error-of';
import { pause } from '../pause';
import { retryDelayMs } from '../retry-delay';

const CHANNEL = 'croupier_outbox';
/** Notifications of one process come no closer together. */
const NOTIFY_INTERVAL_MS = 20;
const BACKOFF = { initialMs: 200, factor: 2, maxMs: 10_000 };

interface PostgresOptions {
  readonly url?: string;
  readonly schema?: string;
  readonly applicationName?: string;
  readonly extra?: ClientConfig;
}

/**
 * Tells the relays of other processes that the outbox has grown, and hears it from them: LISTEN and NOTIFY on a
 * connection of their own. What is missed while it is away is made up for when it is back, or found by the relay's poll.
 *
 * NOTIFY is sent after the commit and not in it, because PostgreSQL commits notifying transactions one at a time,
 * database-wide (`PreCommit_Notify` in src/backend/commands/async.c).
 */
export class OutboxChannel {
  private readonly logger = new Logger(OutboxChannel.name);
  private readonly settings: ClientConfig;
  private readonly schema: string;
  private readonly closing = new AbortController();
  private client: (Client & { processID?: number }) | undefined;
  private running: Promise<void> | undefined;
  private nextNotification: NodeJS.Timeout | undefined;
  private owesNotification = false;
  private notifiedAtMs = -Infinity;

  constructor(
    dataSource: DataSource,
    private readonly onGrown: () => void,
  ) {
    const { url, schema, applicationName, extra } = dataSource.options as PostgresOptions;
    this.schema = schema ?? 'public';
    this.settings = {
      ...extra,
      ...(url === undefined ? {} : { connectionString: url }),
      application_name: `${applicationName ?? 'croupier'}-outbox`,
    };
  }

  open(): void {
    this.running ??= this.stayConnected();
  }

  /** Soon, and once for all calls of some 20 ms. */
  notifyOthers(): void {
    this.owesNotification = true;
    if (this.nextNotification || !this.client) return;
    const waitMs = Math.max(0, this.notifiedAtMs + NOTIFY_INTERVAL_MS - performance.now());
    this.nextNotification = setTimeout(() => void this.send(), waitMs);
  }

  async close(): Promise<void> {
    this.closing.abort();
    clearTimeout(this.nextNotification);
    await this.client?.end().catch(() => undefined);
    await this.running;
  }

  private async send(): Promise<void> {
    this.owesNotification = false;
    // The end of the connection is seen where it is kept; the next one tells again.
    await this.client?.query('SELECT pg_notify($1, $2)', [CHANNEL, this.schema]).catch(() => undefined);
    this.notifiedAtMs = performance.now();
    this.nextNotification = undefined;
    if (this.owesNotification) this.notifyOthers();
  }

  private async stayConnected(): Promise<void> {
    let failures = 0;
    while (!this.closing.signal.aborted) {
      try {
        await this.listenUntilLost(() => (failures = 0));
      } catch (error) {
        failures++;
        // 1st, 2nd, 4th, 8th... of a row.
        if (Number.isInteger(Math.log2(failures)))
          this.logger.warn(`No notifications of ${this.schema}.outbox for now: ${errorOf(error).message}`);
      }
      await pause(retryDelayMs(Math.max(1, failures), BACKOFF), this.closing.signal);
    }
  }

  /** Rejects when it cannot connect, resolves when a connection has ended. */
  private async listenUntilLost(onConnected: () => void): Promise<void> {
    const client = new Client(this.settings) as Client & { processID?: number };
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', () => undefined);
    client.on('notification', (notification) => this.heard(notification, client.processID));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.client = client;
      onConnected();
      // What was appended while nobody listened, and while nobody could be told.
      this.onGrown();
      this.notifyOthers();
      if (this.closing.signal.aborted) await client.end();
      await ended;
    } finally {
      this.client = undefined;
      await client.end().catch(() => undefined);
    }
  }

  private heard({ channel, payload, processId }: Notification, own: number | undefined): void {
    if (channel === CHANNEL && payload === this.schema && processId !== own) this.onGrown();
  }
}
