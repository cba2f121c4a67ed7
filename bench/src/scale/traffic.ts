import { randomUUID } from 'node:crypto';
import type { RoutingUpdate, TelemetryCount, TelemetryWindow } from '@croupier/contracts';
import { CANARY, gameOf, MARKET, PROVIDER, STABLE } from './rollouts-under-way';
import type { DeployerProcess } from './deployer-process';

/** As the gateway cuts its windows. */
const WINDOW_MS = 250;
/** Requests of one game in a second, all versions together. */
const REQUESTS_PER_SECOND = 2;
const CANARY_SHARE = 0.05;
/** Of a canary that goes bad, in one window: far more than the judge needs. */
const BAD_REQUESTS = 20;

/** A gateway's traffic over many games: reports windows as they are, and sees what the deployer makes of them. */
export class Traffic {
  /** From the report that shows a canary to be bad to the snapshot that takes its traffic, in milliseconds. */
  readonly delaysMs: number[] = [];
  private readonly gatewayId = randomUUID();
  private readonly badSince = new Map<string, number>();
  private readonly gone = new Set<string>();
  private sequence = 0;
  private routingVersion = 1;
  private stopped = false;

  constructor(
    private readonly deployer: DeployerProcess,
    private readonly games: number,
  ) {}

  get undecided(): number {
    return this.badSince.size;
  }

  /** Reports for so long; `bad` games go bad one after the other in the first two thirds of it. */
  async run(durationMs: number, bad: number): Promise<void> {
    const following = this.follow();
    const startedAt = performance.now();
    const windows = Math.floor(durationMs / WINDOW_MS);
    const badEvery = ((windows * 2) / 3 / bad) * WINDOW_MS;
    let gone = 0;
    for (let window = 0; window < windows; window += 1) {
      const dueAt = startedAt + window * WINDOW_MS;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())));
      const turning: string[] = [];
      while (gone < bad && gone * badEvery <= window * WINDOW_MS) {
        turning.push(gameOf(Math.floor((gone * this.games) / bad)));
        gone += 1;
      }
      await this.report(turning);
    }
    await this.settle();
    this.stopped = true;
    await following;
  }

  private async report(turning: readonly string[]): Promise<void> {
    this.sequence += 1;
    const now = new Date().toISOString();
    const window: TelemetryWindow = {
      gatewayId: this.gatewayId,
      sequence: this.sequence,
      startedAt: now,
      endedAt: now,
      routingVersion: this.routingVersion,
      counts: [],
    };
    const bad = new Set(turning);
    for (let index = 0; index < this.games; index += 1) this.count(gameOf(index), bad, window.counts);
    const sentAt = performance.now();
    for (const game of turning) this.badSince.set(game, sentAt);
    const answer = await this.deployer.call('/v1/telemetry', { windows: [window] });
    if (!answer.ok) throw new Error(`Telemetry is refused: ${answer.status} ${await answer.text()}`);
  }

  private count(game: string, bad: ReadonlySet<string>, counts: TelemetryCount[]): void {
    const add = (version: string, requests: number, errors: number): void => {
      const launches = 0;
      counts.push({ provider: PROVIDER, game, version, market: MARKET, launches, requests, errors, slow: 0 });
    };
    const mean = (REQUESTS_PER_SECOND * WINDOW_MS) / 1000;
    if (bad.has(game)) add(CANARY, BAD_REQUESTS, BAD_REQUESTS);
    else if (!this.gone.has(game) && Math.random() < mean * CANARY_SHARE) add(CANARY, 1, 0);
    if (Math.random() < mean * (1 - CANARY_SHARE)) add(STABLE, 1, 0);
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      const answer = await this.deployer.call(`/v1/routing?after=${this.routingVersion}&waitMs=1000`);
      if (answer.status !== 200) continue;
      const { routingVersion, subjects } = (await answer.json()) as RoutingUpdate;
      const seenAt = performance.now();
      this.routingVersion = routingVersion;
      for (const { game, canary } of subjects) {
        const since = this.badSince.get(game);
        if (canary !== null || since === undefined) continue;
        this.delaysMs.push(seenAt - since);
        this.badSince.delete(game);
        this.gone.add(game);
      }
    }
  }

  /** What went bad last is decided within seconds, or never. */
  private async settle(): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (this.badSince.size > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
