import type { TelemetryCount } from '@croupier/contracts';
import type { Session } from '../sessions/session-tokens';

export interface RequestOutcome {
  readonly failed: boolean;
  readonly slow: boolean;
}

type Served = Omit<Session, 'player'>;
type MutableCount = { -readonly [Field in keyof TelemetryCount]: TelemetryCount[Field] };

/** What has been counted since the last drain, by version and market. */
export class LiveCounts {
  private counts = new Map<string, MutableCount>();

  countLaunch(served: Served): void {
    this.countOf(served).launches += 1;
  }

  countRequest(served: Served, outcome: RequestOutcome): void {
    const count = this.countOf(served);
    count.requests += 1;
    if (outcome.failed) count.errors += 1;
    if (outcome.slow) count.slow += 1;
  }

  drain(): TelemetryCount[] {
    const drained = [...this.counts.values()];
    this.counts = new Map();
    return drained;
  }

  private countOf({ provider, game, version, market }: Served): MutableCount {
    const key = countKey({ provider, game, version, market });
    let count = this.counts.get(key);
    if (count === undefined) {
      count = { provider, game, version, market, launches: 0, requests: 0, errors: 0, slow: 0 };
      this.counts.set(key, count);
    }
    return count;
  }
}

/** One list with the sums of two. */
export function mergeCounts(
  one: readonly TelemetryCount[],
  other: readonly TelemetryCount[],
): TelemetryCount[] {
  const merged = new Map<string, TelemetryCount>(one.map((count) => [countKey(count), count]));
  for (const count of other) {
    const key = countKey(count);
    const known = merged.get(key);
    merged.set(key, known === undefined ? count : sum(known, count));
  }
  return [...merged.values()];
}

function sum(one: TelemetryCount, other: TelemetryCount): TelemetryCount {
  return {
    ...one,
    launches: one.launches + other.launches,
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
    slow: one.slow + other.slow,
  };
}

function countKey({ provider, game, version, market }: Served): string {
  return `${provider}/${game}@${version} ${market}`;
}
