import type { Kind } from './documents';

export const OUTSIDE = Symbol('Outside');

/** Where flags and segments are kept instead of here. Writes are safe to repeat. */
export interface Outside {
  keeps(kind: Kind): boolean;
  /** The document, or null. */
  read(kind: Kind, name: string): Promise<unknown>;
  write(kind: Kind, name: string, before: unknown, after: unknown): Promise<void>;
}
