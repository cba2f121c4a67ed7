import type { TelemetryCount } from '@croupier/contracts';
import type { DealtVersion, PinnedVersion } from '@croupier/routing';

export interface RequestOutcome {
  readonly failed: boolean;
  readonly slow: boolean;
}

/** What a player got, as the routing table has it. */
export type Served = DealtVersion | PinnedVersion;

/** Launches that wait to be counted. */
const NOTED = 256;

/** Where a market's numbers are, counted from its first. */
const LAUNCHES = 0;
const REQUESTS = 1;
const ERRORS = 2;
const SLOW = 3;
const NUMBERS = 4;

interface Touched {
  readonly served: Served;
  readonly column: number;
}

/**
 * What has been counted since the last drain, by version and market. The numbers are kept with the version, in one
 * array for all of its markets: counting makes no object, however large the catalog is.
 * Launches are noted in a row and counted together: the numbers of a large catalog lie all over memory, and are waited
 * for side by side then, and not one by one while players wait, too.
 */
export class LiveCounts {
  private touched: Touched[] = [];
  private readonly noted = new Array<Served>(NOTED);
  private readonly notedColumns = new Int32Array(NOTED);
  private waiting = 0;

  /** Versions and markets that there are counts of. */
  get size(): number {
    this.countNoted();
    return this.touched.length;
  }

  noteLaunch(served: Served, column: number): void {
    this.noted[this.waiting] = served;
    this.notedColumns[this.waiting] = column;
    this.waiting += 1;
    if (this.waiting === NOTED) this.countNoted();
  }

  countRequest(served: Served, market: string, outcome: RequestOutcome): void {
    const column = served.notes.columns.of.get(market) as number;
    const counts = this.touch(served, column);
    const first = column * NUMBERS;
    counts[first + REQUESTS]! += 1;
    if (outcome.failed) counts[first + ERRORS]! += 1;
    if (outcome.slow) counts[first + SLOW]! += 1;
  }

  /** A version may be in it twice, when requests of before a change of the routing ended after it. */
  drain(): TelemetryCount[] {
    this.countNoted();
    const drained = this.touched.map(drainOne);
    this.touched = [];
    return drained;
  }

  private countNoted(): void {
    for (let index = 0; index < this.waiting; index += 1) {
      const column = this.notedColumns[index] as number;
      this.touch(this.noted[index] as Served, column)[column * NUMBERS + LAUNCHES]! += 1;
    }
    this.waiting = 0;
  }

  /** The numbers of what was served. */
  private touch(served: Served, column: number): Int32Array {
    const counts = countsOf(served);
    const first = column * NUMBERS;
    if (counts[first + LAUNCHES] === 0 && counts[first + REQUESTS] === 0)
      this.touched.push({ served, column });
    return counts;
  }
}

function countsOf({ notes }: Served): Int32Array {
  return (notes.counts ??= new Int32Array(notes.columns.names.length * NUMBERS));
}

function drainOne({ served, column }: Touched): TelemetryCount {
  const { provider, game, columns } = served.notes;
  const counts = countsOf(served);
  const first = column * NUMBERS;
  const count = {
    provider,
    game,
    version: served.version.version,
    market: columns.names[column] as string,
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
