import type { CacheSelector } from '@croupier/contracts';

/** One attempt at one purge. */
export interface PurgeRun {
  /** The same for every repetition of one purge: what it asks for is done once by a vendor that knows such names. */
  readonly id: string;
  readonly signal: AbortSignal;
  /** How many keys, tags or paths earlier attempts have dealt with. */
  readonly startAt: number;
  /** @param entries removed by this attempt so far; null where the target does not say */
  readonly onProgress: (done: number, total: number | null, entries: number | null) => void;
}

/** How files are read through a cache, and past it. */
export interface ReadPaths {
  /** Base URLs, one for each node that keeps copies of its own. */
  readonly through: readonly string[];
  readonly origin: string | null;
  readonly originHeaders: Readonly<Record<string, string>>;
}

/** A place that keeps copies of what the platform serves. */
export interface CacheTarget {
  readonly name: string;
  /** What it is: `redis`, `varnish`, `fastly`. */
  readonly kind: string;
  /** Null for what is not read by HTTP. */
  readonly reads: ReadPaths | null;
  supports(selector: CacheSelector): boolean;
  /** How many entries `purge` would remove, or null when the target cannot tell. @throws TargetFault */
  count(selector: CacheSelector, signal: AbortSignal): Promise<number | null>;
  /** Answers how many entries went, or null. Safe to repeat. @throws TargetFault */
  purge(selector: CacheSelector, run: PurgeRun): Promise<number | null>;
  close?(): void;
}
