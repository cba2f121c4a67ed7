import { setTimeout as pause } from 'node:timers/promises';
import type { Launch, ServiceName } from '@croupier/contracts';
import { Agent, fetch, type RequestInit } from 'undici';
import { PROVIDER, type Version } from '../../faults/catalogue';
import { headersOf } from '../../faults/webhook';
import type { ProviderSite } from './provider-site';

const WEBHOOKS_PER_SECOND = 15;
/** One in so many webhooks is of a version that is released; the others are prereleases, which are registered alone. */
const RELEASED_ONE_IN = 10;
const PLAYERS = 4;
const THINK_MS = 50;
const LOOK_MS = 200;
/** Clients give up an idle connection before a service that ends closes it: `SHUTDOWN_DRAIN_MS` is longer. */
export const IDLE_MS = 1_000;

export interface Addresses {
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly operatorToken: string;
  readonly webhookSecret: string;
}

/** A provider, players and an operator. Each request is sent once, and each that fails is noted. */
export class Load {
  readonly accepted: Version[] = [];
  readonly failures: string[] = [];
  requests = { webhooks: 0, launches: 0, plays: 0, looks: 0 };
  private readonly client = new Agent({ keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS });
  private over = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly addresses: Addresses,
    private readonly site: ProviderSite,
    private readonly game: string,
    private readonly lookedAt: Readonly<Partial<Record<ServiceName, string>>>,
  ) {}

  start(): void {
    const players = Array.from({ length: PLAYERS }, (_, index) => this.play(`player-${index}`));
    const operators = Object.entries(this.lookedAt).map(([service, path]) =>
      this.look(this.addresses.urls[service as ServiceName] + path),
    );
    this.running = Promise.all([this.announce(), ...players, ...operators]);
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
    await this.client.close();
  }

  async announceOne(id: string, version: Version): Promise<void> {
    const webhook = {
      id,
      intent: 'genuine',
      version,
      body: this.site.announcement(version),
      copies: 1,
    } as const;
    const answer = await this.ask('webhooks', `${this.addresses.urls.aggregator}/v1/webhooks/${PROVIDER}`, {
      method: 'POST',
      headers: headersOf(webhook, this.addresses.webhookSecret),
      body: webhook.body,
    });
    if (answer !== null) this.accepted.push(version);
  }

  private async announce(): Promise<void> {
    const underWay: Promise<void>[] = [];
    for (let number = 1; !this.over; number += 1) {
      const version = number % RELEASED_ONE_IN === 0 ? '1.0.0' : '1.0.0-rc.1';
      underWay.push(this.announceOne(`msg_${number}`, { game: `game-${number}`, version }));
      await pause(1_000 / WEBHOOKS_PER_SECOND);
    }
    await Promise.all(underWay);
  }

  private async play(player: string): Promise<void> {
    const { gateway } = this.addresses.urls;
    for (let round = 1; !this.over; round += 1) {
      const path = `/v1/launch/${PROVIDER}/${this.game}?player=${player}&market=MT`;
      const launch = (await this.ask('launches', gateway + path)) as Launch | null;
      if (launch)
        await this.ask('plays', `${gateway}${launch.playPath}spin`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-croupier-session': launch.sessionToken },
          body: JSON.stringify({ player, stake: 1, idempotencyKey: `${player}-${round}` }),
        });
      await pause(THINK_MS);
    }
  }

  private async look(url: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.addresses.operatorToken}` };
    while (!this.over) {
      await this.ask('looks', url, { headers });
      await pause(LOOK_MS);
    }
  }

  /** Null when it has failed. */
  private async ask(kind: keyof Load['requests'], url: string, init: RequestInit = {}): Promise<unknown> {
    this.requests[kind] += 1;
    try {
      const answer = await fetch(url, { ...init, dispatcher: this.client });
      const text = await answer.text();
      if (answer.ok) return text.startsWith('{') ? JSON.parse(text) : text;
      this.failures.push(`${kind} ${url}: ${answer.status} ${text.slice(0, 300)}`);
    } catch (error) {
      const { message, cause } = error as Error;
      this.failures.push(`${kind} ${url}: ${message} (${String(cause)})`);
    }
    return null;
  }
}
