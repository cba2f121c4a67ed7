import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after `delayMs`, or as soon as `signal` aborts. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => undefined);
}
