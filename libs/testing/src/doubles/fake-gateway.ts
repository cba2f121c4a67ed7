import { randomUUID } from 'node:crypto';
import type { RoutingSnapshot, RoutingUpdate, SubjectRoute, TelemetryCount } from '@croupier/contracts';

/** Errors of a version, as a share of its requests in [0,1]. */
export type ErrorRates = (version: string) => number;

const PLAYERS_A_WINDOW = 400;
const WINDOW_MS = 50;

/** Follows the deployer's routing and reports windows of made-up traffic, split as the routing says. */
export class FakeGateway {
  private readonly gatewayId = randomUUID();
  private readonly subjects = new Map<string, SubjectRoute>();
  private routingVersion = -1;
  private sequence = 0;
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly urls: () => readonly string[],
    private readonly token: string,
    private readonly errorRates: ErrorRates,
  ) {}

  get snapshot(): RoutingSnapshot {
    return { routingVersion: this.routingVersion, subjects: [...this.subjects.values()] };
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await this.turn().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    }
  }

  private async turn(): Promise<void> {
    const answer = await this.ask(`/v1/routing?after=${this.routingVersion}`);
    if (answer.status === 200) this.apply((await answer.json()) as RoutingUpdate);
    this.sequence += 1;
    const now = new Date().toISOString();
    const window = {
      gatewayId: this.gatewayId,
      sequence: this.sequence,
      startedAt: now,
      endedAt: now,
      routingVersion: Math.max(0, this.routingVersion),
      counts: [...this.subjects.values()].flatMap((route) => this.counts(route)),
    };
    await this.ask('/v1/telemetry', { windows: [window] });
  }

  private apply({ routingVersion, since, subjects, gone }: RoutingUpdate): void {
    if (since === null) this.subjects.clear();
    for (const route of subjects) this.subjects.set(`${route.provider}/${route.game}`, route);
    for (const { provider, game } of gone) this.subjects.delete(`${provider}/${game}`);
    this.routingVersion = routingVersion;
  }

  /** As many players in each market that is served. */
  private counts(route: SubjectRoute): TelemetryCount[] {
    const served = [route.stable, ...(route.canary ? [route.canary] : []), ...route.fallbacks];
    const markets = [...new Set(served.flatMap((version) => version.markets))];
    return markets.flatMap((market) => this.countsIn(route, market, PLAYERS_A_WINDOW / markets.length));
  }

  private countsIn(route: SubjectRoute, market: string, players: number): TelemetryCount[] {
    const { stable, canary, fallbacks, canaryBuckets, marketBuckets } = route;
    const isTried = canary?.markets.includes(market) ?? false;
    const share = isTried ? (marketBuckets[market] ?? canaryBuckets) / 10_000 : 0;
    const base = [stable, ...fallbacks].find((version) => version.markets.includes(market));
    const count = (version: string, requests: number): TelemetryCount => ({
      provider: route.provider,
      game: route.game,
      version,
      market,
      launches: 0,
      requests,
      errors: Math.round(requests * this.errorRates(version)),
      slow: 0,
    });
    const onCanary = Math.round(players * share);
    return [
      ...(base ? [count(base.version, Math.round(players) - onCanary)] : []),
      ...(isTried && canary ? [count(canary.version, onCanary)] : []),
    ];
  }

  /** Whichever deployer answers. */
  private async ask(path: string, body?: object): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    let failure: unknown;
    for (const url of this.urls())
      try {
        return await fetch(
          url + path,
          body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
        );
      } catch (error) {
        failure = error;
      }
    throw failure;
  }
}
