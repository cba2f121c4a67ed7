import { setTimeout as sleep } from 'node:timers/promises';
import { NAMESPACE, type Installation, type Replica } from './installation';
import type { Random } from './random';
import type { Traffic } from './traffic';

export interface Fault {
  readonly name: string;
  readonly weight: number;
  /** Does it, and undoes what does not pass by itself. */
  readonly strike: () => Promise<void>;
}

const QUEUE_LIMIT = 5;

/** Everything that may go wrong, each fault drawn by its weight. */
export function faultsOf(installation: Installation, traffic: Traffic, random: Random): readonly Fault[] {
  const { postgres, rabbit, redis, replicas } = installation;
  const seconds = (low: number, high: number): Promise<void> => sleep(random.between(low, high) * 1000);
  const consumers = ['registry', 'deployer'] as const;

  return [
    ...replicas.map(({ process }) => ({
      name: `kill -9 ${process.service}`,
      weight: ON_THE_WAY.has(process.service) ? 4 : 1,
      strike: async () => {
        await process.kill();
        await seconds(0, 2);
        process.start();
        await process.ready();
      },
    })),
    {
      name: 'cut connections to PostgreSQL',
      weight: 5,
      strike: async () => random.pick(replicas).links.postgres.cut(),
    },
    {
      name: 'cut connections to RabbitMQ',
      weight: 5,
      strike: async () => random.pick(replicas).links.rabbit.cut(),
    },
    {
      name: 'cut connections to Redis',
      weight: 1,
      strike: async () => random.pick(replicas).links.redis.cut(),
    },
    {
      name: 'no way to RabbitMQ',
      weight: 3,
      strike: () => without(random.pick(replicas), 'rabbit', () => seconds(1, 6)),
    },
    {
      name: 'no way to PostgreSQL',
      weight: 3,
      strike: () => without(random.pick(replicas), 'postgres', () => seconds(1, 6)),
    },
    {
      name: 'network stands still',
      weight: 2,
      strike: async () => {
        const { links } = random.pick(replicas);
        const link = random.pick([links.postgres, links.rabbit]);
        link.freeze(true);
        await seconds(1, 15);
        link.freeze(false);
      },
    },
    { name: 'restart PostgreSQL', weight: 2, strike: () => postgres.restart() },
    { name: 'crash PostgreSQL', weight: 2, strike: () => postgres.crash() },
    { name: 'restart RabbitMQ', weight: 2, strike: () => rabbit.restart() },
    { name: 'kill -9 RabbitMQ', weight: 2, strike: () => rabbit.crash() },
    { name: 'kill -9 Redis', weight: 1, strike: () => redis.crash() },
    {
      name: 'slow consumer',
      weight: 3,
      strike: async () => {
        const { process } = random.pick(installation.of(random.pick(consumers)));
        process.suspend(true);
        await seconds(2, 8);
        process.suspend(false);
      },
    },
    {
      name: 'full queue',
      weight: 3,
      strike: async () => {
        const queue = `${NAMESPACE}.${random.pick(consumers)}`;
        await rabbit.limitQueue(queue, QUEUE_LIMIT);
        await seconds(2, 8);
        await rabbit.limitQueue(queue, null);
      },
    },
    {
      name: 'RabbitMQ blocks publishers',
      weight: 2,
      strike: async () => {
        await rabbit.alarm(true);
        await seconds(2, 6);
        await rabbit.alarm(false);
      },
    },
    { name: 'flood', weight: 2, strike: async () => traffic.flood() },
  ];
}

/** Those that a webhook goes through. */
const ON_THE_WAY: ReadonlySet<string> = new Set(['aggregator', 'registry', 'deployer']);

async function without(
  { links }: Replica,
  dependency: 'rabbit' | 'postgres',
  meanwhile: () => Promise<void>,
): Promise<void> {
  links[dependency].refuse(true);
  await meanwhile();
  links[dependency].refuse(false);
}
