import { startWithCompose, type ComposeService } from './docker-compose';
import { installed, startDebianPostgres, startDebianRabbit, startDebianRedis } from './debian-packages';
import { probePostgres, probeRabbit, probeRedis } from './probes';

/** One of the servers that tests run against, and the ways to find or start it. */
export interface RealService {
  readonly title: string;
  readonly variable: string;
  readonly defaultUrl: string;
  readonly probe: (url: string) => Promise<void>;
  /** In the order to try them. */
  readonly launchers: readonly Launcher[];
}

export interface Launcher {
  readonly name: string;
  /** Answers the URL, where the server may still be starting. */
  readonly start: () => Promise<string>;
}

const debianPackage = (start: () => Promise<string>): Launcher => ({ name: 'Debian package', start });

const dockerCompose = (service: ComposeService): Launcher => ({
  name: 'docker compose',
  start: () => startWithCompose(service),
});

const POSTGRES_URL = 'postgres://postgres@127.0.0.1:5432/postgres';
const RABBIT_URL = 'amqp://guest:guest@127.0.0.1:5672';
const REDIS_URL = 'redis://127.0.0.1:6379';

export const POSTGRES: RealService = {
  title: 'PostgreSQL',
  variable: 'DATABASE_URL',
  defaultUrl: POSTGRES_URL,
  probe: probePostgres,
  launchers: [
    dockerCompose({
      name: 'postgres',
      port: 5432,
      url: (address, environment) => {
        const user = environment['POSTGRES_USER'] ?? 'postgres';
        const password = environment['POSTGRES_PASSWORD'] ?? '';
        return `postgres://${user}:${encodeURIComponent(password)}@${address}/${environment['POSTGRES_DB'] ?? user}`;
      },
    }),
    debianPackage(async () => {
      await installed('pg_ctlcluster', 'postgresql');
      return startDebianPostgres(POSTGRES_URL);
    }),
  ],
};

export const RABBIT: RealService = {
  title: 'RabbitMQ',
  variable: 'AMQP_URL',
  defaultUrl: RABBIT_URL,
  probe: probeRabbit,
  launchers: [
    dockerCompose({
      name: 'rabbitmq',
      port: 5672,
      url: (address, environment) => {
        const user = environment['RABBITMQ_DEFAULT_USER'] ?? 'guest';
        const password = environment['RABBITMQ_DEFAULT_PASS'] ?? 'guest';
        return `amqp://${user}:${encodeURIComponent(password)}@${address}`;
      },
    }),
    debianPackage(async () => {
      await installed('rabbitmq-server', 'rabbitmq-server');
      await startDebianRabbit();
      return RABBIT_URL;
    }),
  ],
};

export const REDIS: RealService = {
  title: 'Redis',
  variable: 'REDIS_URL',
  defaultUrl: REDIS_URL,
  probe: probeRedis,
  launchers: [
    dockerCompose({ name: 'redis', port: 6379, url: (address) => `redis://${address}` }),
    debianPackage(async () => {
      await installed('redis-server', 'redis-server');
      await startDebianRedis();
      return REDIS_URL;
    }),
  ],
};
