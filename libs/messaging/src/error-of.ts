import { inspect } from 'node:util';

/** Handlers may throw anything. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(inspect(thrown, { depth: 2 }), { cause: thrown });
}
