import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationFailure } from '../engine/migration-failure';
import { isLockFault, type SqlFault } from './sql-fault';

export interface LockPatience {
  /** The longest that all attempts may take together. */
  readonly budgetMs: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

/**
 * Tries again what failed for a lock, with growing, jittered delays, so that whoever queued up behind it gets through
 * in between. @throws MigrationFailure when the budget is spent
 */
export async function withPatience<T>(
  { budgetMs, firstDelayMs, longestDelayMs }: LockPatience,
  attempt: () => Promise<T>,
): Promise<T> {
  const givesUpAtMs = performance.now() + budgetMs;
  for (let attempts = 1; ; attempts += 1) {
    const startedAtMs = performance.now();
    try {
      return await attempt();
    } catch (error) {
      if (!isLockFault(faultBehind(error))) throw error;
      const delayMs =
        Math.min(longestDelayMs, firstDelayMs * 2 ** (attempts - 1)) * (0.5 + Math.random() / 2);
      // The next one may wait as long as this one did.
      const attemptMs = performance.now() - startedAtMs;
      if (performance.now() + delayMs + attemptMs > givesUpAtMs)
        throw new MigrationFailure(
          `${(error as Error).message}; gave up after ${attempts} attempts within the lock budget of ${budgetMs} ms`,
          { cause: error },
        );
      await sleep(delayMs);
    }
  }
}

function faultBehind(error: unknown): SqlFault {
  return (error instanceof MigrationFailure && error.cause ? error.cause : error) as SqlFault;
}
