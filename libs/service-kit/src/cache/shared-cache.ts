import type { KeySelector, PurgeRun } from '@croupier/cache-client';

/** A cache that all replicas of the platform share. Losing it costs time, never correctness. */
export abstract class SharedCache {
  abstract get(key: string): Promise<string | null>;
  abstract set(key: string, value: string, ttlSeconds: number): Promise<void>;
  /** Removes what is selected; answers how many entries went. Safe to repeat. */
  abstract purge(selector: KeySelector, run: PurgeRun): Promise<number>;
  /** How many entries `purge` would remove. */
  abstract count(selector: KeySelector, signal: AbortSignal): Promise<number>;
  /** Removes every key that starts with `prefix`; answers how many went. */
  abstract deleteByPrefix(prefix: string): Promise<number>;
  abstract ping(): Promise<void>;
  abstract close(): Promise<void>;
  /** Where this cache lives, for people: `redis` or `in-process`. */
  abstract readonly kind: string;
}
