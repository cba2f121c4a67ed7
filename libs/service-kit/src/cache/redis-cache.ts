import { randomUUID } from 'node:crypto';
import {
  KeyNames,
  openRedis,
  RedisPurger,
  type KeySelector,
  type PurgeRun,
  type RedisConnection,
} from '@croupier/cache-client';
import { SharedCache } from './shared-cache';

export class RedisCache extends SharedCache {
  readonly kind = 'redis';
  private readonly redis: RedisConnection;
  private readonly names: KeyNames;
  private readonly purger: RedisPurger;

  /**
   * @param address `redis://`, `redis+sentinel://` or `redis+cluster://`
   * @param namespace prefix of every key, which keeps installations on one Redis apart
   */
  constructor(address: string, namespace: string) {
    super();
    this.redis = openRedis(address);
    this.names = new KeyNames(namespace);
    this.purger = new RedisPurger(this.redis, namespace);
  }

  get(key: string): Promise<string | null> {
    return this.redis.get(this.names.entry(key));
  }

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    await this.redis.set(this.names.entry(key), value, 'EX', ttlSeconds);
  }

  purge(selector: KeySelector, run: PurgeRun): Promise<number> {
    return this.purger.purge(selector, run);
  }

  count(selector: KeySelector, signal: AbortSignal): Promise<number> {
    return this.purger.count(selector, signal);
  }

  deleteByPrefix(prefix: string): Promise<number> {
    return this.purge({ kind: 'prefix', prefix }, { id: randomUUID(), signal: new AbortController().signal });
  }

  async ping(): Promise<void> {
    await this.redis.ping();
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }
}
