import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { redisAddress } from './redis-address';

export type RedisConnection = Redis | Cluster;

const COMMAND_TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * Connects in the background, and again after every loss. Commands fail at once or within two seconds while there is no
 * connection: a cache that is away must not hold up anybody.
 * @throws RangeError when the address is none
 */
export function openRedis(address: string, overrides: RedisOptions = {}): RedisConnection {
  const parsed = redisAddress(address);
  if (parsed === null)
    throw new RangeError(
      'The address must begin with redis://, rediss://, redis+sentinel:// or redis+cluster://',
    );
  const options: RedisOptions = {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: backOff,
    ...overrides,
  };
  const connection = connect(parsed, options);
  // Each failed command already tells its caller; without a listener the same error would end the process.
  connection.on('error', () => undefined);
  return connection;
}

function connect(
  address: NonNullable<ReturnType<typeof redisAddress>>,
  options: RedisOptions,
): RedisConnection {
  if (address.kind === 'single') return new Redis(address.url, options);
  const { nodes, tls, username, password } = address;
  const secured: RedisOptions = {
    ...options,
    ...(tls ? { tls: {} } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
  if (address.kind === 'sentinel')
    return new Redis({
      ...secured,
      name: address.master,
      sentinels: [...nodes],
      sentinelRetryStrategy: backOff,
      ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    });
  return new Cluster([...nodes], {
    redisOptions: secured,
    clusterRetryStrategy: backOff,
    slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
function backOff(attempt: number): number {
  return Math.random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
}
