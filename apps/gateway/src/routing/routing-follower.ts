import { setTimeout as pause } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import type { RoutingSnapshot, RoutingUpdate } from '@croupier/contracts';
import { compileRoutes, updateRoutes, type RoutingTable } from '@croupier/routing';
import { fullJitterMs } from '@croupier/service-kit';
import { CurrentRouting, type AppliedRouting } from './current-routing';
import { Dealers } from './dealers';
import { DeployerRouting } from './deployer-routing';
import { RoutingRecorder } from './routing-recorder';
import { updatedSnapshot } from './updated-snapshot';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 3_000;
/** Between two polls without news, should something in between answer 204 at once. */
const IDLE_PAUSE_MS = 50;
/** Below every real version: answered at once with all there is. That shows a deployer that is behind us, too. */
const ANY_VERSION = -1;

/** Follows the deployer's routing; whatever fails, the last good snapshot stays (fail static). */
@Injectable()
export class RoutingFollower implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RoutingFollower.name);
  private readonly stopping = new AbortController();
  private seenVersion = ANY_VERSION;
  private failures = 0;

  constructor(
    private readonly deployer: DeployerRouting,
    private readonly routing: CurrentRouting,
    private readonly dealers: Dealers,
    private readonly recorder: RoutingRecorder,
  ) {}

  /** A cold start deals by the kept snapshot from its first request on. */
  async onModuleInit(): Promise<void> {
    const kept = await this.recorder.lastKnown();
    if (kept === null) return;
    try {
      this.apply(compileRoutes(kept), kept, 'file', { ...kept, since: null, gone: [] });
    } catch (error) {
      this.logger.warn(`The kept routing snapshot cannot be used: ${(error as Error).message}`);
    }
  }

  onApplicationBootstrap(): void {
    void this.follow();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.recorder.settled();
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const delayMs = await this.poll();
      await pause(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One long poll; answers how many milliseconds to wait before the next. */
  private async poll(): Promise<number> {
    try {
      const update = await this.deployer.newerThan(this.seenVersion);
      if (this.failures > 0) this.logger.log('The deployer answers again.');
      this.failures = 0;
      if (update === null || this.stopping.signal.aborted) return IDLE_PAUSE_MS;
      // Should the update be of no use, all of it is asked for next.
      this.seenVersion = ANY_VERSION;
      this.offer(update);
      this.seenVersion = update.routingVersion;
      return 0;
    } catch (error) {
      if (this.stopping.signal.aborted) return 0;
      this.failures += 1;
      if (this.failures === 1)
        this.logger.warn(`Routing stays at version ${this.routing.version}: ${(error as Error).message}`);
      return fullJitterMs(this.failures, FIRST_RETRY_MS, LONGEST_RETRY_MS);
    }
  }

  private offer(update: RoutingUpdate): void {
    const { routingVersion, since } = update;
    if (routingVersion < this.routing.version) {
      this.logger.error(
        `The deployer has routing version ${routingVersion}, older than ${this.routing.version} which is kept. ` +
          `If its database was restored on purpose, delete gateway-routing.json and start the gateway again.`,
      );
      return;
    }
    const applied = this.routing.applied;
    if (since === null) {
      const snapshot = { routingVersion, subjects: update.subjects };
      this.apply(compileRoutes(snapshot), snapshot, 'deployer', update);
    } else if (applied?.snapshot.routingVersion === since) {
      const snapshot = updatedSnapshot(applied.snapshot, update);
      this.apply(updateRoutes(applied.table, update), snapshot, 'deployer', update);
    } else {
      throw new Error(`the changes since ${since} do not fit version ${this.routing.version}`);
    }
    this.logger.log(`Deals by routing version ${routingVersion}`);
  }

  private apply(
    table: RoutingTable,
    snapshot: RoutingSnapshot,
    source: AppliedRouting['source'],
    update: RoutingUpdate,
  ): void {
    const applied = { table, snapshot, appliedAt: new Date(), source };
    this.dealers.dealBy(applied, update);
    this.recorder.record(applied);
  }
}
