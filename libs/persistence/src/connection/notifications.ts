import { Logger } from '@nestjs/common';
import { Client, type ClientConfig, type Notification } from 'pg';
import type { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { delayBeforeAttempt } from './retry';
import { reasonOf } from './transient-errors';

const BACKOFF = { firstDelayMs: 200, longestDelayMs: 10_000 };

interface PostgresOptions {
  readonly url?: string;
  readonly applicationName?: string;
  readonly extra?: ClientConfig;
}

/**
 * LISTEN on a connection of its own, for as long as it is open. `onConnected` comes with each connection: what was
 * notified while there was none has to be looked for.
 */
export class Notifications {
  private readonly logger = new Logger(Notifications.name);
  private readonly settings: ClientConfig;
  private readonly closing = new AbortController();
  private client: Client | undefined;
  private running: Promise<void> | undefined;

  constructor(
    dataSource: DataSource,
    private readonly options: {
      readonly channel: string;
      readonly onNotification: (payload: string) => void;
      readonly onConnected: () => void;
    },
  ) {
    const { url, applicationName, extra } = dataSource.options as PostgresOptions;
    this.settings = {
      ...extra,
      ...(url === undefined ? {} : { connectionString: url }),
      application_name: `${applicationName ?? 'croupier'}-${options.channel}`,
    };
  }

  open(): void {
    this.running ??= this.stayConnected();
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.client?.end().catch(() => undefined);
    await this.running;
  }

  private async stayConnected(): Promise<void> {
    const { signal } = this.closing;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await this.listenUntilLost();
        failures = 0;
      } catch (error) {
        // 1st, 2nd, 4th, 8th... of a row.
        if (Number.isInteger(Math.log2(failures + 1)))
          this.logger.warn(`No notifications of ${this.options.channel} for now: ${reasonOf(error)}`);
      }
      await sleep(delayBeforeAttempt(failures, BACKOFF, Math.random), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }

  /** Rejects when it cannot connect, resolves when a connection has ended. */
  private async listenUntilLost(): Promise<void> {
    const client = new Client(this.settings);
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', () => undefined);
    client.on('notification', ({ payload }: Notification) => this.options.onNotification(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(this.options.channel)}`);
      this.client = client;
      this.options.onConnected();
      if (this.closing.signal.aborted) return;
      await ended;
    } finally {
      this.client = undefined;
      await client.end().catch(() => undefined);
    }
  }
}
