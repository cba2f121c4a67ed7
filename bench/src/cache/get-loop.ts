import Redis from 'ioredis';

/** A program: one client that gets keys one after the other, and tells how long each window's took. Ended by its parent. */
const WINDOW_LIMIT = 5_000_000;

const [port = '', keys = ''] = process.argv.slice(2);
const redis = new Redis(Number(port), '127.0.0.1');
let latenciesMs: number[] = [];

process.on('message', () => {
  const window = latenciesMs.sort((a, b) => a - b);
  latenciesMs = [];
  const at = (share: number): number => window[Math.floor(window.length * share)] ?? 0;
  process.send?.({ count: window.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: window.at(-1) ?? 0 });
});
process.on('disconnect', () => process.exit());

async function loop(): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const startedMs = performance.now();
    await redis.get(`other:${turn % Number(keys)}`);
    if (latenciesMs.length < WINDOW_LIMIT) latenciesMs.push(performance.now() - startedMs);
  }
}

void loop();
