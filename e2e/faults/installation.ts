import { randomBytes } from 'node:crypto';
import { auditSigningKey } from '@croupier/testing';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVICE_NAMES, type ServiceName } from '@croupier/contracts';
import { freePorts } from '@croupier/persistence';
import { OwnPostgres } from './own-postgres';
import { OwnRabbit } from './own-rabbit';
import { OwnRedis } from './own-redis';
import { ServiceProcess } from './service-process';
import { TcpProxy } from './tcp-proxy';

export const OPERATOR_TOKEN = 'operator-of-the-fault-suite';
export const NAMESPACE = 'faults';
/** Low enough for a flood to fill it. */
const WEBHOOKS_WAITING_MAX = 40;
/** Services whose replicas share a queue or an outbox. One deployer owns its local target. */
const REPLICAS: Partial<Record<ServiceName, number>> = { aggregator: 2, registry: 2 };
export type Dependency = 'postgres' | 'rabbit' | 'redis';

export interface Replica {
  readonly process: ServiceProcess;
  /** Its own ways to what it depends on. */
  readonly links: Readonly<Record<Dependency, TcpProxy>>;
}

/** Every service in a process of its own, on servers of the suite's own, each reached through a proxy. */
export class Installation {
  private constructor(
    readonly postgres: OwnPostgres,
    readonly rabbit: OwnRabbit,
    readonly redis: OwnRedis,
    readonly replicas: readonly Replica[],
  ) {}

  static async start(directory: string): Promise<Installation> {
    const logs = join(directory, 'logs');
    await mkdir(logs, { recursive: true });
    const places = SERVICE_NAMES.flatMap((service) =>
      Array.from({ length: REPLICAS[service] ?? 1 }, (_, index) => ({
        service,
        name: `${service}-${index + 1}`,
      })),
    );
    const [postgresPort, rabbitPort, distributionPort, redisPort, ...servicePorts] = await freePorts(
      4 + places.length,
    );
    const [postgres, rabbit, redis] = await allOrNone([
      OwnPostgres.start(join(directory, 'postgres'), postgresPort!),
      OwnRabbit.start(join(directory, 'rabbit'), rabbitPort!, distributionPort!),
      OwnRedis.start(join(directory, 'redis'), redisPort!),
    ]);
    const placed = places.map((place, index) => ({ ...place, port: servicePorts[index]! }));
    const urls = Object.fromEntries(
      placed.map(({ service, port }) => [`${service.toUpperCase()}_URL`, `http://127.0.0.1:${port}`]),
    );
    const secrets = secretsOf();
    const replicas: Replica[] = [];
    for (const { service, name, port } of placed) {
      const links = {
        postgres: await TcpProxy.open(postgres.port),
        rabbit: await TcpProxy.open(rabbit.port),
        redis: await TcpProxy.open(redis.port),
      };
      const variables = {
        ...urls,
        ...secrets,
        DATABASE_URL: through(postgres.url, links.postgres),
        AMQP_URL: through(rabbit.url, links.rabbit),
        REDIS_URL: `redis://127.0.0.1:${links.redis.port}`,
        DATABASE_POOL_SIZE: '6',
        NAMESPACE,
        WEBHOOKS_WAITING_MAX: String(WEBHOOKS_WAITING_MAX),
        STATE_DIR: join(directory, 'state', name),
        ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
        LOG_LEVEL: 'info',
      };
      const logFile = join(logs, `${name}.log`);
      replicas.push({ process: new ServiceProcess({ service, name, port, logFile, variables }), links });
    }
    const installation = new Installation(postgres, rabbit, redis, replicas);
    try {
      for (const { process } of replicas) process.start();
      await Promise.all(replicas.map(({ process }) => process.ready()));
      return installation;
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  of(service: ServiceName): readonly Replica[] {
    return this.replicas.filter(({ process }) => process.service === service);
  }

  urlOf(service: ServiceName): string {
    return this.of(service)[0]!.process.url;
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.replicas.map(({ process }) => process.stop()));
    await Promise.allSettled(
      this.replicas.flatMap(({ links }) => Object.values(links).map((link) => link.close())),
    );
    await Promise.allSettled([this.postgres.stop(), this.rabbit.stop(), this.redis.stop()]);
  }
}

/** Stops what did start when something did not. */
async function allOrNone<A extends Server, B extends Server, C extends Server>(
  starting: [Promise<A>, Promise<B>, Promise<C>],
): Promise<[A, B, C]> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    for (const outcome of await Promise.allSettled(starting))
      if (outcome.status === 'fulfilled') await outcome.value.stop();
    throw error;
  }
}

interface Server {
  stop(): Promise<void>;
}

function through(url: string, link: TcpProxy): string {
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(link.port);
  return proxied.href;
}

function secretsOf(): Record<string, string> {
  return {
    OPERATOR_TOKEN,
    SERVICE_TOKEN: randomBytes(24).toString('base64url'),
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    SECRETS_KEY: randomBytes(32).toString('base64'),
    AUDIT_SIGNING_KEY: auditSigningKey(),
    FLAGS_CLIENT_TOKEN: `*:development.${randomBytes(24).toString('hex')}`,
  };
}
