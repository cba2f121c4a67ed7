import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { RoutingUpdate } from '@croupier/contracts';
import { RoutingRepository } from '../routing/routing-repository';
import { RoutingWaiters } from '../routing/routing-waiters';
import { RouterConfig, type RouterName } from './router-config';
import { RouterConfirmations } from './router-confirmations';
import { TrafficRouters } from './traffic-routers';

/** Before the database or a router that is away is tried again. */
const RETRY_MS = 500;

/** Keeps every router dealing by the routes: told at once of what changes, and read back now and then. */
@Injectable()
export class RouterLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RouterLoop.name);
  private readonly turning: Promise<void>[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly config: RouterConfig,
    private readonly routers: TrafficRouters,
    private readonly routing: RoutingRepository,
    private readonly waiters: RoutingWaiters,
    private readonly confirmations: RouterConfirmations,
  ) {}

  onApplicationBootstrap(): void {
    for (const name of this.config.routers.names()) this.turning.push(this.turn(name));
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.turning);
  }

  private async turn(name: RouterName): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const dealtBy = await this.confirmations.exclusively(name, () => this.reconcile(name));
        await this.unlessStopping(
          dealtBy === null ? delay(RETRY_MS) : this.waiters.newerThan(dealtBy, this.config.repairMs),
        );
      } catch (error) {
        this.logger.warn(`${name}: ${(error as Error).message}`);
        await this.unlessStopping(delay(RETRY_MS));
      }
    }
  }

  /** The routing version that it deals by now; null when it could not be told. */
  private async reconcile(name: RouterName): Promise<number | null> {
    const { routingVersion, subjects }: RoutingUpdate = await this.routing.updateSince(-1);
    const own = subjects.filter(({ provider, game }) => this.config.routers.of(provider, game) === name);
    try {
      const { changes, unhealthy } = await this.routers.of(name).reconcile(own);
      if (changes > 0) this.logger.log(`${name}: ${changes} changes up to routing version ${routingVersion}`);
      if (unhealthy.length > 0) this.logger.warn(`${name}: no answer from ${unhealthy.join(', ')}`);
      return routingVersion;
    } catch (error) {
      this.logger.warn(`${name} is not told: ${(error as Error).message}`);
      return null;
    }
  }

  private async unlessStopping(waited: Promise<unknown>): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) return;
    let stop = (): void => undefined;
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
      signal.addEventListener('abort', stop, { once: true });
    });
    await Promise.race([waited, stopped]);
    signal.removeEventListener('abort', stop);
  }
}
