import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from '../connection/open-redis';
import { KeyNames } from '../keyspace/key-names';
import type { KeySelector } from '../keyspace/key-selector';
import { Notices } from '../near/notices';
import { AdaptiveBatch } from './adaptive-batch';
import { newGeneration } from './generation';
import { sweepingOf } from './sweep-script';

export interface PurgeRun {
  /** The same for every repetition of one purge. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** Entries that have been dealt with so far, and how many there are; null when that is not known. */
  readonly onProgress?: (done: number, total: number | null) => void;
}

const KEYS_AT_ONCE = 100;

/** Removes entries of one namespace. Everything it does is safe to repeat, and goes on where it was broken off. */
export class RedisPurger {
  private readonly names: KeyNames;
  private readonly notices: Notices;

  constructor(
    private readonly redis: RedisConnection,
    namespace: string,
  ) {
    this.names = new KeyNames(namespace);
    this.notices = new Notices(redis, this.names);
  }

  /** How many entries went. Caches in processes are told afterwards: sooner, they would fetch what is about to go. */
  async purge(selector: KeySelector, run: PurgeRun): Promise<number> {
    const removed = await this.remove(selector, run);
    await this.notices.publish(selector);
    return removed;
  }

  /** How many entries would go; of a generation nothing goes, it only counts for nothing any more. */
  async count(selector: KeySelector, signal: AbortSignal): Promise<number> {
    switch (selector.kind) {
      case 'keys':
        return this.countKeys(selector.keys, signal);
      case 'tags':
        return this.countTags(selector.tags, signal);
      case 'generation':
        return 0;
      default:
        return this.sweep(this.globOf(selector), false, { id: '', signal });
    }
  }

  private async remove(selector: KeySelector, run: PurgeRun): Promise<number> {
    switch (selector.kind) {
      case 'keys':
        return this.removeKeys(selector.keys, run);
      case 'tags':
        return this.removeTags(selector.tags, run);
      case 'generation':
        await newGeneration(this.redis, this.names.generation(selector.space));
        return 0;
      default:
        return this.sweep(this.globOf(selector), true, run);
    }
  }

  private globOf(selector: Extract<KeySelector, { kind: 'prefix' | 'pattern' | 'everything' }>): string {
    if (selector.kind === 'pattern') return this.names.patternGlob(selector.pattern);
    return this.names.prefixGlob(selector.kind === 'prefix' ? selector.prefix : '');
  }

  /** Node by node: a cursor means something to the node that gave it alone. */
  private async sweep(glob: string, unlink: boolean, run: PurgeRun): Promise<number> {
    let found = 0;
    for (const node of mastersOf(this.redis)) {
      const batch = new AdaptiveBatch();
      const sweeping = sweepingOf(node, { unlink, inCluster: this.redis instanceof Cluster });
      let cursor = '0';
      do {
        run.signal.throwIfAborted();
        const startedMs = performance.now();
        const [next, count] = await sweeping.sweep(cursor, glob, batch.size);
        batch.observe(performance.now() - startedMs);
        cursor = next;
        found += count;
        run.onProgress?.(found, null);
      } while (cursor !== '0');
    }
    return found;
  }

  private async removeKeys(keys: readonly string[], run: PurgeRun): Promise<number> {
    let removed = 0;
    for (const [at, some] of inBatches(keys)) {
      run.signal.throwIfAborted();
      removed += await this.unlink(some.map((key) => this.names.entry(key)));
      run.onProgress?.(at + some.length, keys.length);
    }
    return removed;
  }

  /**
   * The index is moved aside first. What is cached meanwhile is indexed anew, and stays; a repetition after a crash
   * finds what was moved by its own id.
   */
  private async removeTags(tags: readonly string[], run: PurgeRun): Promise<number> {
    let removed = 0;
    for (const [at, tag] of tags.entries()) {
      const doomed = this.names.doomed(tag, run.id);
      removed += await this.removeIndexed(doomed, run);
      if (await this.movedAside(this.names.tag(tag), doomed))
        removed += await this.removeIndexed(doomed, run);
      run.onProgress?.(at + 1, tags.length);
    }
    return removed;
  }

  private async movedAside(from: string, to: string): Promise<boolean> {
    try {
      await this.redis.rename(from, to);
      return true;
    } catch (error) {
      if ((error as Error).message.includes('no such key')) return false;
      throw error;
    }
  }

  private async removeIndexed(index: string, run: PurgeRun): Promise<number> {
    let removed = 0;
    for await (const keys of this.members(index, run.signal))
      removed += await this.unlink(keys.map((key) => this.names.entry(key)));
    await this.redis.unlink(index);
    return removed;
  }

  private async countKeys(keys: readonly string[], signal: AbortSignal): Promise<number> {
    let found = 0;
    for (const [, some] of inBatches(keys)) {
      signal.throwIfAborted();
      found += await this.existing(some.map((key) => this.names.entry(key)));
    }
    return found;
  }

  /** An entry with two of the tags counts once. */
  private async countTags(tags: readonly string[], signal: AbortSignal): Promise<number> {
    const seen = new Set<string>();
    let found = 0;
    for (const tag of tags)
      for await (const keys of this.members(this.names.tag(tag), signal)) {
        const fresh = keys.filter((key) => !seen.has(key));
        for (const key of fresh) seen.add(key);
        found += await this.existing(fresh.map((key) => this.names.entry(key)));
      }
    return found;
  }

  private async *members(index: string, signal: AbortSignal): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      signal.throwIfAborted();
      const [next, keys] = await this.redis.sscan(index, cursor, 'COUNT', KEYS_AT_ONCE);
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== '0');
  }

  /** Keys of a cluster are in different slots, and one command has to keep to one slot. */
  private async unlink(names: readonly string[]): Promise<number> {
    if (names.length === 0) return 0;
    const { redis } = this;
    if (!(redis instanceof Cluster)) return redis.unlink(...names);
    return sum(await Promise.all(names.map((name) => redis.unlink(name))));
  }

  private async existing(names: readonly string[]): Promise<number> {
    if (names.length === 0) return 0;
    const { redis } = this;
    if (!(redis instanceof Cluster)) return redis.exists(...names);
    return sum(await Promise.all(names.map((name) => redis.exists(name))));
  }
}

function mastersOf(redis: RedisConnection): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

function* inBatches(keys: readonly string[]): Generator<[number, readonly string[]]> {
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) yield [at, keys.slice(at, at + KEYS_AT_ONCE)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
