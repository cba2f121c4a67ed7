import { join } from 'node:path';
import { CONSUMERS, SERVICE_NAMES } from '@croupier/contracts';
import { EmbeddedBus, type Bus } from '@croupier/messaging';
import { EmbeddedPostgres } from '@croupier/persistence';
import {
  BaseConfig,
  cacheOf,
  loadConfig,
  rabbitBusOf,
  startService,
  type RunningService,
} from '@croupier/service-kit';
import { LOCAL_HOSTS, urlsOf, urlVariables, type Ports } from './addresses';
import { localSecrets } from './local-secrets';
import type { Platform, Variables } from './platform';
import { loadService } from './service-package';

export interface OneProcessOptions {
  readonly stateDirectory: string;
  readonly ports: Ports;
  /** What is not set here has the embedded default. */
  readonly variables: Variables;
}

/** All services in this process. Without `DATABASE_URL`, `AMQP_URL` or `REDIS_URL` the embedded part stands in. */
export async function startInOneProcess({
  stateDirectory,
  ports,
  variables,
}: OneProcessOptions): Promise<Platform> {
  const secrets = await localSecrets(stateDirectory);
  const postgres = variables['DATABASE_URL']
    ? null
    : await EmbeddedPostgres.start({ directory: stateDirectory });
  const shared: Variables = {
    STATE_DIR: stateDirectory,
    LOG_NAME: 'croupier',
    LOG_FILE: join(stateDirectory, 'logs', 'platform.log'),
    DATABASE_POOL_SIZE: '6',
    ARTIFACT_INTERNAL_HOSTS: LOCAL_HOSTS,
    ALERTS_INTERNAL_HOSTS: LOCAL_HOSTS,
    ...secrets,
    ...urlVariables(ports),
    ...definedOnly(variables),
    ...(postgres ? { DATABASE_URL: postgres.url } : {}),
  };
  const config = loadConfig(BaseConfig, shared);
  const bus: Bus = config.AMQP_URL
    ? rabbitBusOf(config.AMQP_URL, config)
    : new EmbeddedBus({ expects: SERVICE_NAMES.filter((name) => CONSUMERS[name].length > 0) });
  const cache = cacheOf(config);
  const running: RunningService[] = [];
  const stop = async (): Promise<void> => {
    for (const service of running.reverse()) await service.stop();
    await Promise.allSettled([bus.close(), cache.close()]);
    await postgres?.stop();
  };
  try {
    for (const name of SERVICE_NAMES) {
      const environment = { ...shared, PORT: String(ports[name]) };
      running.push(await startService(loadService(name), { environment, bus, cache }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls: urlsOf(ports), operatorToken: config.OPERATOR_TOKEN ?? secrets.OPERATOR_TOKEN, stop };
}

function definedOnly(variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
}
