import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 60_000;
const INTERVAL_MS = 100;
const CALL_TIMEOUT_MS = 5_000;

/** Resolves when the service takes requests. @throws once it does not run any more, or after a minute */
export async function untilReady(name: string, url: string, runs: () => boolean = () => true): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    if (!runs()) throw new Error(`${name} ended before it was ready`);
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const answer = await fetch(`${url}/health/ready`, { signal }).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`${name} at ${url} is not ready after ${DEADLINE_MS} ms`);
    await delay(INTERVAL_MS);
  }
}
