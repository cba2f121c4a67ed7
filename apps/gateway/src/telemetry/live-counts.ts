import type { TelemetryCount } from '@croupier/contracts';
import type { DealtVersion, PinnedVersion } from '@croupier/routing';

export interface RequestOutcome {
  readonly failed: boolean;
  readonly slow: boolean;
}

/** What a player got. */
export interface Served {
  /** As the routing table has it, in a market where it is routed. */
  readonly dealt: DealtVersion | PinnedVersion;
  readonly market: string;
}

/** Where a market's numbers are, counted from its first. */
const LAUNCHES = 0;
const REQUESTS = 1;
const ERRORS = 2;
const SLOW = 3;
const NUMBERS = 4;

/**
 * What has been counted since the last drain, by version and market. The numbers are kept with the version, in one
 * array for all of its markets: counting makes no object, however large the catalog is.
 */
export class LiveCounts {
  /** With names of the routing table's, so that no request's texts are kept. */
  private touched: Served[] = [];

  /** Versions and markets that there are counts of. */
  get size(): number {
    return this.touched.length;
  }

  countLaunch(served: Served): void {
    const counts = countsOf(served);
    const first = this.touch(counts, served);
    counts[first + LAUNCHES]! += 1;
  }

  countRequest(served: Served, outcome: RequestOutcome): void {
    const counts = countsOf(served);
    const first = this.touch(counts, served);
    counts[first + REQUESTS]! += 1;
    if (outcome.failed) counts[first + ERRORS]! += 1;
    if (outcome.slow) counts[first + SLOW]! += 1;
  }

  /** A version may be in it twice, when requests of before a change of the routing ended after it. */
  drain(): TelemetryCount[] {
    const drained = this.touched.map(drainOne);
    this.touched = [];
    return drained;
  }

  /** Where the numbers of what was served begin. */
  private touch(counts: Int32Array, { dealt, market }: Served): number {
    const first = (dealt.notes.columns.get(market) as number) * NUMBERS;
    if (counts[first + LAUNCHES] === 0 && counts[first + REQUESTS] === 0)
      this.touched.push({ dealt, market: dealt.version.markets.find((name) => name === market) ?? market });
    return first;
  }
}

function countsOf({ dealt: { notes } }: Served): Int32Array {
  return (notes.counts ??= new Int32Array(notes.columns.size * NUMBERS));
}

function drainOne(served: Served): TelemetryCount {
  const { dealt, market } = served;
  const { provider, game, columns } = dealt.notes;
  const counts = countsOf(served);
  const first = (columns.get(market) as number) * NUMBERS;
  const count = {
    provider,
    game,
    version: dealt.version.version,
    market,
    launches: counts[first + LAUNCHES]!,
    requests: counts[first + REQUESTS]!,
    errors: counts[first + ERRORS]!,
    slow: counts[first + SLOW]!,
  };
  counts.fill(0, first, first + NUMBERS);
  return count;
}

/** One list with the sums of two. */
export function mergeCounts(
  one: readonly TelemetryCount[],
  other: readonly TelemetryCount[],
): TelemetryCount[] {
  const merged = new Map<string, TelemetryCount>();
  for (const count of [...one, ...other]) {
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

function countKey({ provider, game, version, market }: TelemetryCount): string {
  return `${provider}/${game}@${version} ${market}`;
}
