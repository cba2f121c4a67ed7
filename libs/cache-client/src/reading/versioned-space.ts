import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisConnection } from '../connection/open-redis';
import type { KeyNames } from '../keyspace/key-names';
import { firstGeneration } from '../purging/generation';
import type { NearCache } from './cache-client';
import { entryScripts, type EntryScripts, type Lead } from './entry-scripts';

export interface ReadOptions<T> {
  /** How long a value is fresh, in milliseconds. */
  readonly ttlMs: number;
  /** How much longer it may be served while one caller fetches the next one; 0 unless given. */
  readonly staleMs?: number;
  /** The share of `ttlMs` by which lifetimes differ, so that entries made together do not end together; 0.1 unless given. */
  readonly jitter?: number;
  /** Surrogate keys by which the entry can be invalidated. */
  readonly tags?: readonly string[];
  /** Asks the origin. One caller of all processes does at a time. What it answers has to survive JSON. */
  readonly load: () => Promise<T>;
}

/** A refill that takes longer is taken for lost, and somebody else begins another. */
const LEASE_MS = 15_000;
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 100;
/** Of an index, over its entries: a purge has to find what is just being filled. */
const INDEX_MARGIN_MS = LEASE_MS;

interface Found<T> {
  readonly value: T;
  readonly freshUntilMs: number;
}

/** The entries of one application version. */
export class VersionedSpace {
  private readonly scripts: EntryScripts;
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(
    private readonly redis: RedisConnection,
    private readonly names: KeyNames,
    /** What every key in it begins with. */
    readonly name: string,
    private readonly near: NearCache | null,
  ) {
    this.scripts = entryScripts(redis);
  }

  /** The cached value, or what the origin says. Callers of one key in one process share one look. */
  get<T>(key: string, options: ReadOptions<T>): Promise<T> {
    const near = this.near?.entries.get(this.name + key, Date.now());
    if (near) return Promise.resolve(near.value as T);
    const known = this.underWay.get(key);
    if (known) return known as Promise<T>;
    const look = this.look(key, options).finally(() => this.underWay.delete(key));
    this.underWay.set(key, look);
    return look;
  }

  /** Removes one entry. @throws when Redis is away */
  async forget(key: string): Promise<void> {
    await this.redis.unlink(this.names.entry(this.name + key));
    await this.redis.publish(this.names.notices, JSON.stringify({ kind: 'keys', keys: [this.name + key] }));
  }

  private async look<T>(key: string, options: ReadOptions<T>): Promise<T> {
    const epoch = this.near?.entries.epoch ?? 0;
    const found = await this.find(key, options);
    this.near?.entries.set(
      this.name + key,
      {
        value: found.value,
        tags: options.tags ?? [],
        expiresAtMs: Math.min(found.freshUntilMs, Date.now() + this.near.ttlMs),
      },
      epoch,
    );
    return found.value;
  }

  private async find<T>(key: string, options: ReadOptions<T>): Promise<Found<T>> {
    const entry = this.names.entry(this.name + key);
    const token = randomUUID();
    const giveUpAtMs = Date.now() + LEASE_MS;
    for (let turn = 0; ; turn += 1) {
      const lead = await this.lead(entry, token).catch(() => null);
      // Redis is away, or whoever refills it takes too long: the origin has the answer.
      if (lead === null || Date.now() > giveUpAtMs) return unkept(await options.load());
      const { generation, answer } = lead;
      if (answer[0] === 'fresh')
        return { value: JSON.parse(answer[1]) as T, freshUntilMs: Number(answer[2]) };
      const stale = answer[1];
      if (answer[0] === 'lead') {
        const refill = this.refill(key, entry, token, generation, options);
        if (stale === null) return refill;
        // Whoever comes next finds the refill done, or does it again; this caller has its answer.
        refill.catch(() => undefined);
      }
      if (stale !== null) return unkept(JSON.parse(stale) as T);
      await delay(waitMs(turn));
    }
  }

  /** The fast way is one round trip for the generation and the entry; only who finds nothing fresh takes part in a refill. */
  private async lead(entry: string, token: string): Promise<{ generation: string; answer: Lead }> {
    const name = this.names.generation(this.name);
    const [known, [value, ofGeneration, freshUntil]] = await Promise.all([
      this.redis.get(name),
      this.redis.hmget(entry, 'v', 'g', 'f'),
    ]);
    const generation = known ?? (await firstGeneration(this.redis, name));
    if (value && freshUntil && ofGeneration === generation && Number(freshUntil) > Date.now())
      return { generation, answer: ['fresh', value, freshUntil] };
    return {
      generation,
      answer: await this.scripts.croupierLead(entry, generation, Date.now(), token, LEASE_MS),
    };
  }

  /** Indexed before the origin is asked: a purge that comes later than that finds the entry, and ends the refill. */
  private async refill<T>(
    key: string,
    entry: string,
    token: string,
    generation: string,
    { ttlMs, staleMs = 0, jitter = 0.1, tags = [], load }: ReadOptions<T>,
  ): Promise<Found<T>> {
    const indexTtlMs = Math.ceil(ttlMs + staleMs + INDEX_MARGIN_MS);
    const indexed = await Promise.all(
      tags.map((tag) => this.scripts.croupierIndex(this.names.tag(tag), this.name + key, indexTtlMs)),
    ).then(
      () => true,
      () => false,
    );
    let value: T;
    try {
      value = await load();
    } catch (error) {
      await this.scripts.croupierGiveUp(entry, token).catch(() => undefined);
      throw error;
    }
    // What no purge could find must not be kept.
    if (!indexed) return unkept(value);
    const freshForMs = ttlMs * (1 - jitter * Math.random());
    const freshUntilMs = Math.ceil(Date.now() + freshForMs);
    const stored = await this.scripts
      .croupierStore(
        entry,
        token,
        JSON.stringify(value),
        generation,
        freshUntilMs,
        Math.ceil(freshForMs + staleMs),
      )
      .catch(() => 0);
    return stored === 1 ? { value, freshUntilMs } : unkept(value);
  }
}

/** For this caller, and nobody after it. */
function unkept<T>(value: T): Found<T> {
  return { value, freshUntilMs: 0 };
}

function waitMs(turn: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** turn) * (0.5 + Math.random() / 2);
}
