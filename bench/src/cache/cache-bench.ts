import type { Bench, BenchResult } from '../bench';
import { purgeContest } from './purge-contest';
import { stampede } from './stampede';

/** `CACHE_BENCH_KEYS=50000` for a look that takes seconds. */
const KEYS = Number(process.env['CACHE_BENCH_KEYS'] ?? 1_000_000);
const ROUNDS = 2;
const BUMP_GOAL_MS = 5;

/** What an invalidation costs who asks for it, and everybody else. */
export const cacheBench: Bench = {
  name: 'cache',
  description: `${KEYS.toLocaleString('en')} keys gone from a Redis that others use, and 1,000 clients that come after it`,
  async run(): Promise<BenchResult> {
    const { bumpP99Ms, ours, peers, idle } = await purgeContest(KEYS, ROUNDS);
    const originRequestsPerKey = await stampede();
    return {
      figures: {
        keys: KEYS,
        versionBumpP99Microseconds: bumpP99Ms * 1000,
        purgeMs: ours.seconds * 1000,
        redisCliMs: peers.seconds * 1000,
        othersIdleP99Microseconds: idle.p99Ms * 1000,
        othersP99Microseconds: ours.others.p99Ms * 1000,
        othersMaxMicroseconds: ours.others.maxMs * 1000,
        othersP99WithRedisCliMicroseconds: peers.others.p99Ms * 1000,
        originRequestsPerKey,
      },
      ratios: [
        { name: 'p99 of a version bump over 5 ms', value: bumpP99Ms / BUMP_GOAL_MS, goal: { atMost: 1 } },
        { name: 'purge by pattern over redis-cli', value: ours.seconds / peers.seconds, goal: { atMost: 1 } },
        {
          name: "others' p99 meanwhile over idle",
          value: ours.others.p99Ms / idle.p99Ms,
          goal: { atMost: 2 },
        },
        { name: 'origin requests per key', value: originRequestsPerKey, goal: { atMost: 1 } },
      ],
    };
  },
};
