import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface LimiterOptions {
  /** In each window of one minute, for one key. */
  readonly perMinute: number;
  /** How many keys are counted at most; those least recently seen are forgotten. */
  readonly mostKeys: number;
}

const WINDOW_SECONDS = 60;

/** Counts by key in this process, with a bound on what it remembers. */
export class BoundedLimiter {
  private readonly counts: RateLimiterMemory;
  private readonly counted: LRUCache<string, true>;

  constructor({ perMinute, mostKeys }: LimiterOptions) {
    this.counts = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });
    this.counted = new LRUCache({ max: mostKeys, dispose: (_, key) => void this.counts.delete(key) });
  }

  /** Counts one. Milliseconds until there may be another; 0 while there may be. */
  async count(key: string): Promise<number> {
    if (!this.counted.has(key)) this.counted.set(key, true);
    else this.counted.get(key);
    try {
      await this.counts.consume(key);
      return 0;
    } catch (exceeded) {
      if (exceeded instanceof RateLimiterRes) return exceeded.msBeforeNext;
      throw exceeded;
    }
  }
}
