import { setTimeout as pause } from 'node:timers/promises';
import type { RoutingUpdate } from '@croupier/contracts';
import { gatewayMigrations } from '@croupier/migrations';
import {
  BaseConfig,
  cacheOf,
  ConfigurationError,
  fullJitterMs,
  loadConfig,
  Metrics,
  rabbitBusOf,
  startService,
  type RunningService,
  type ServiceDefinition,
} from '@croupier/service-kit';
import { Module } from '@nestjs/common';
import { GatewayConfig } from '../gateway-config';
import { CurrentRouting } from '../routing/current-routing';
import { Dealers } from '../routing/dealers';
import { CONTROLLERS, ROUTING_PROVIDERS } from '../routing/routing-parts';
import { keptSnapshotFile } from '../routing/snapshot-file';
import { service } from '../service';
import { PooledDealing } from './pooled-dealing';
import { WorkerMetrics } from './worker-metrics';
import { WorkerPool } from './worker-pool';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

/**
 * The first process of a gateway: it follows the routing and answers operators, and its workers deal the players. They
 * begin with the kept snapshot, and go on whatever of PostgreSQL, RabbitMQ and the deployer is there.
 */
export async function runPrimary(): Promise<void> {
  const config = new GatewayConfig(process.env);
  const base = loadConfig(BaseConfig, process.env);
  if (!base.AMQP_URL)
    throw new ConfigurationError('AMQP_URL: is needed by a service in a process of its own.');
  const pool = new WorkerPool(config.workers, say);
  const dealing = new PooledDealing(pool, await keptRouting(config));
  pool.start(() => dealing.known);

  const stopping = new AbortController();
  const bus = rabbitBusOf(base.AMQP_URL, base);
  const cache = cacheOf(base);
  let control: RunningService | null = null;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await pool.stop(base.SHUTDOWN_DRAIN_MS);
    await control?.stop();
    await Promise.allSettled([bus.close(), cache.close()]);
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  process.on('SIGHUP', () => void pool.replaceAll());

  control = await startedWhenPossible(stopping.signal, () =>
    startService(controlOf(pool, dealing), {
      // The workers have drained before it ends.
      environment: { ...process.env, HOST: '127.0.0.1', PORT: '0', SHUTDOWN_DRAIN_MS: '0' },
      bus,
      cache,
    }),
  );
  if (control !== null) pool.controlAt(control.url);
}

async function keptRouting({ stateDirectory }: GatewayConfig): Promise<RoutingUpdate | null> {
  try {
    const kept = (await keptSnapshotFile(stateDirectory)?.load()) ?? null;
    return kept === null ? null : { ...kept, since: null, gone: [] };
  } catch (error) {
    say(`The kept routing snapshot cannot be read: ${(error as Error).message}`);
    return null;
  }
}

/** The service without the players' routes. */
function controlOf(pool: WorkerPool, dealing: PooledDealing): ServiceDefinition {
  @Module({
    controllers: CONTROLLERS,
    providers: [
      ...ROUTING_PROVIDERS,
      {
        provide: Dealers,
        inject: [CurrentRouting],
        useFactory: (routing: CurrentRouting) => dealing.in(routing),
      },
      {
        provide: WorkerMetrics,
        inject: [Metrics],
        useFactory: (metrics: Metrics) => new WorkerMetrics(metrics, pool),
      },
    ],
  })
  class GatewayControlModule {}

  const { configureHttp: _, ...definition } = service;
  return { ...definition, module: GatewayControlModule, migrations: gatewayMigrations };
}

/** Null when it was stopped before. What is missing may come later: the players are served meanwhile. */
async function startedWhenPossible(
  signal: AbortSignal,
  start: () => Promise<RunningService>,
): Promise<RunningService | null> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      const delayMs = fullJitterMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS);
      if (attempt === 1) say(`Deals by what is known, and waits for the rest: ${(error as Error).message}`);
      await pause(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

/** Before there is a logger, and while there is none. */
function say(line: string): void {
  process.stderr.write(`gateway: ${line}\n`);
}
