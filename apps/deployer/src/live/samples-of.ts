import type { TrafficCount, TrafficSample } from '@croupier/contracts';
import type { Comparison } from './live-releases';
import type { BucketCount } from './traffic-counts';

const NOTHING: TrafficCount = { requests: 0, errors: 0, slow: 0 };

/** What was counted of a release's two versions, side by side and by time. */
export function samplesOf(comparison: Comparison, counts: readonly BucketCount[]): TrafficSample[] {
  const buckets = new Map<number, { canary: TrafficCount; stable: TrafficCount }>();
  for (const count of counts) {
    const role = roleOf(comparison, count);
    if (role === null) continue;
    const { at, requests, errors, slow } = count;
    const bucket = buckets.get(at) ?? { canary: NOTHING, stable: NOTHING };
    buckets.set(at, { ...bucket, [role]: { requests, errors, slow } });
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([at, roles]) => ({ at: new Date(at).toISOString(), ...roles }));
}

function roleOf(
  { provider, game, canary, stable }: Comparison,
  count: BucketCount,
): 'canary' | 'stable' | null {
  if (count.provider !== provider || count.game !== game) return null;
  if (count.version === canary) return 'canary';
  return count.version === stable ? 'stable' : null;
}
