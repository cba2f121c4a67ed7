import { Redis } from 'ioredis';
import { fullJitterMs } from '../outbound/full-jitter';
import { SharedCache } from './shared-cache';

const SCAN_BATCH = 500;
const COMMAND_TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export class RedisCache extends SharedCache {
  readonly kind = 'redis';
  private readonly redis: Redis;

  /** @param namespace prefix of every key, which keeps installations on one Redis apart */
  constructor(
    url: string,
    private readonly namespace: string,
  ) {
    super();
    this.redis = new Redis(url, {
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 1,
      retryStrategy: (attempt) => fullJitterMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS),
    });
    // Each failed command already tells its caller; without a listener the same error would end the process.
    this.redis.on('error', () => undefined);
  }

  get(key: string): Promise<string | null> {
    return this.redis.get(this.qualified(key));
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    await this.redis.set(this.qualified(key), value, 'EX', ttlSeconds);
  }

  async deleteByPrefix(prefix: string): Promise<number> {
    const pattern = `${escapeGlob(this.qualified(prefix))}*`;
    let cursor = '0';
    let removed = 0;
    do {
      const [next, keys] = await this.redis.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_BATCH);
      if (keys.length > 0) removed += await this.redis.unlink(...keys);
      cursor = next;
    } while (cursor !== '0');
    return removed;
  }

  async ping(): Promise<void> {
    await this.redis.ping();
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  private qualified(key: string): string {
    return `${this.namespace}:${key}`;
  }
}

/** Redis patterns are globs: a prefix is taken to the letter. */
function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\^-]/g, '\\$&');
}
