export const IDEMPOTENT = Symbol('idempotent');

export interface IdempotentOptions {
  /** Refuses a request that has no key. */
  readonly required: boolean;
}
