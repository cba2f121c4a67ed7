import { openRedis, type RedisConnection } from '../connection/open-redis';
import { KeyNames, spaceName } from '../keyspace/key-names';
import type { KeySelector } from '../keyspace/key-selector';
import { NearEntries } from '../near/near-entries';
import { Notices } from '../near/notices';
import { RedisPurger } from '../purging/redis-purger';
import { VersionedSpace } from './versioned-space';

export interface CacheClientOptions {
  /** `redis://`, `redis+sentinel://` or `redis+cluster://`, as `REDIS_URL` has it. */
  readonly url: string;
  /** As `NAMESPACE` has it: keeps installations on one Redis apart. */
  readonly namespace: string;
  /** Entries that this process holds itself; none unless given. */
  readonly near?: {
    readonly maxEntries: number;
    /** Also the longest that a lost notice can keep an entry alive, in milliseconds. */
    readonly ttlMs: number;
    /** Also hear of what was removed without a notice; see `Notices.subscribe`. */
    readonly keyspace?: boolean;
  };
}

export interface NearCache {
  readonly entries: NearEntries;
  readonly ttlMs: number;
}

/** A module's way to the shared cache. Losing Redis costs time, never an answer. */
export class CacheClient {
  private readonly redis: RedisConnection;
  private readonly names: KeyNames;
  private readonly purger: RedisPurger;
  private readonly near: NearCache | null;
  private readonly endSubscription: () => void;
  /** Callers of one space share its looks under way. */
  private readonly spaces = new Map<string, VersionedSpace>();

  constructor({ url, namespace, near }: CacheClientOptions) {
    this.redis = openRedis(url);
    this.names = new KeyNames(namespace);
    this.purger = new RedisPurger(this.redis, namespace);
    this.near = near ? { entries: new NearEntries(near.maxEntries), ttlMs: near.ttlMs } : null;
    this.endSubscription = this.near
      ? new Notices(this.redis, this.names).subscribe(this.near.entries, near?.keyspace ?? false)
      : () => undefined;
  }

  /**
   * What one version of a subject caches. When that version is invalidated, everything in its space counts for nothing at
   * once, however much it is.
   * @param subject `provider/game`
   */
  version(subject: string, version: string): VersionedSpace {
    const name = spaceName(subject, version);
    const known = this.spaces.get(name);
    if (known) return known;
    const space = new VersionedSpace(this.redis, this.names, name, this.near);
    this.spaces.set(name, space);
    return space;
  }

  /** Removes entries of all spaces. Answers how many went. @throws when Redis is away */
  invalidate(selector: KeySelector, id: string, signal = new AbortController().signal): Promise<number> {
    return this.purger.purge(selector, { id, signal });
  }

  close(): void {
    this.endSubscription();
    this.redis.disconnect();
  }
}
