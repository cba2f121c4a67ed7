/** Injection token of every `InvalidationTarget` that a purge has to reach. */
export const INVALIDATION_TARGETS = Symbol('InvalidationTargets');

/** A place that keeps copies of what the platform serves. */
export interface InvalidationTarget {
  /** What it is, for people: `redis`, `in-process`. */
  readonly kind: string;
  /** Removes what starts with `prefix` and answers how many entries went. Safe to repeat. */
  purge(prefix: string): Promise<number>;
}
