import { CONSUMERS } from '@croupier/contracts';
import { RabbitBus } from '@croupier/messaging';
import { InProcessCache } from '../cache/in-process-cache';
import { RedisCache } from '../cache/redis-cache';
import type { SharedCache } from '../cache/shared-cache';
import { BaseConfig, ConfigurationError, loadConfig } from '../config/environment';
import type { ServiceDefinition } from './service-definition';
import { startService } from './start-service';

/** The `main` of a service that has a process of its own: RabbitMQ, and Redis when there is one. */
export async function runServiceProcess(definition: ServiceDefinition): Promise<void> {
  try {
    await run(definition);
  } catch (error) {
    process.stderr.write(`${definition.name} cannot start. ${describe(error)}\n`);
    process.exitCode = 1;
    // Whatever had already been opened would keep the process from ending.
    process.exit();
  }
}

async function run(definition: ServiceDefinition): Promise<void> {
  const config = loadConfig(BaseConfig, process.env);
  if (!config.AMQP_URL) {
    throw new ConfigurationError(
      'AMQP_URL: is needed by a service in a process of its own. Without RabbitMQ run all of them in one process: croupier up',
    );
  }
  const bus = rabbitBusOf(config.AMQP_URL, config);
  const cache = cacheOf(config);
  const service = await startService(definition, { environment: process.env, bus, cache });
  const stop = async (): Promise<void> => {
    await service.stop();
    await Promise.allSettled([bus.close(), cache.close()]);
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
}

/** Declares the queues of every consumer, whichever services this process runs. */
export function rabbitBusOf(url: string, config: BaseConfig): RabbitBus {
  return new RabbitBus({ url, namespace: config.NAMESPACE, consumers: CONSUMERS });
}

export function cacheOf(config: BaseConfig): SharedCache {
  return config.REDIS_URL ? new RedisCache(config.REDIS_URL, config.NAMESPACE) : new InProcessCache();
}

function describe(error: unknown): string {
  return error instanceof ConfigurationError ? error.message : ((error as Error).stack ?? String(error));
}
