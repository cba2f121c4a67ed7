import { inspect } from 'node:util';

export interface Patience {
  /** Default 10 000. */
  readonly timeoutMs?: number;
  /** Default 50. */
  readonly intervalMs?: number;
}

/** The first truthy value of `condition`. When the time is over, an error with its last value or error. */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 50 }: Patience = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const overdue = Symbol('overdue');
  let last = 'it has not answered once';
  let lastError: unknown;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const timeIsOver = new Promise<typeof overdue>((done) => {
    timer = setTimeout(() => {
      isOver = true;
      done(overdue);
    }, timeoutMs);
  });
  try {
    while (!isOver) {
      try {
        const value = await Promise.race([condition(), timeIsOver]);
        if (value === overdue) break;
        if (value) return value as Exclude<T, false | null | undefined | 0 | ''>;
        last = `last value: ${inspect(value)}`;
        lastError = undefined;
      } catch (error) {
        last = `last error: ${inspectError(error)}`;
        lastError = error;
      }
      await Promise.race([new Promise((done) => setTimeout(done, intervalMs)), timeIsOver]);
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`Not so within ${timeoutMs} ms; ${last}`, { cause: lastError });
}

function inspectError(error: unknown): string {
  // Not `instanceof`: under jest an error of Node's own comes from another realm.
  return (error as Partial<Error> | undefined)?.message || inspect(error);
}
