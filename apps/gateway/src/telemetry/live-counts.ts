import type { TelemetryCount } from '@croupier/contracts';
import { NOWHERE, type DealtVersion, type PinnedVersion } from '@croupier/routing';

export interface RequestOutcome {
  readonly failed: boolean;
  readonly slow: boolean;
}

/** What a player got, as the routing table has it. */
export type Served = DealtVersion | PinnedVersion;

/** Versions in as many markets as there is room for at first. */
const ROOM = 4_096;

/**
 * What has been counted since the last drain, by version and market. A version that is counted gets a place in which
 * each of its markets has a number: counting makes no object, and what a large catalog's launches touch lies close
 * together.
 */
export class LiveCounts {
  private placed: Served[] = [];
  private taken = 0;
  private launches = new Int32Array(ROOM);
  private requests = new Int32Array(ROOM);
  private errors = new Int32Array(ROOM);
  private slow = new Int32Array(ROOM);
  private begun = 0;

  /** Numbers of launches and of requests that are not 0. */
  get size(): number {
    return this.begun;
  }

  countLaunch(served: Served, column: number): void {
    const place = served.place === NOWHERE ? this.placeFor(served) : served.place;
    if (this.launches[place + column]!++ === 0) this.begun += 1;
  }

  countRequest(served: Served, market: string, outcome: RequestOutcome): void {
    const place = served.place === NOWHERE ? this.placeFor(served) : served.place;
    const at = place + (served.notes.columns.of.get(market) as number);
    if (this.requests[at]!++ === 0) this.begun += 1;
    if (outcome.failed) this.errors[at]! += 1;
    if (outcome.slow) this.slow[at]! += 1;
  }

  /** A version may be in it twice, when requests of before a change of the routing ended after it. */
  drain(): TelemetryCount[] {
    const drained: TelemetryCount[] = [];
    for (const served of this.placed) {
      const { notes } = served;
      if (notes.place !== NOWHERE) drained.push(...this.countsOf(served));
      notes.place = NOWHERE;
      served.place = NOWHERE;
    }
    for (const numbers of [this.launches, this.requests, this.errors, this.slow])
      numbers.fill(0, 0, this.taken);
    this.placed = [];
    this.taken = 0;
    this.begun = 0;
    return drained;
  }

  /** A version that is dealt and one that is pinned are the same one, and have one place. */
  private placeFor(served: Served): number {
    const { notes } = served;
    if (notes.place === NOWHERE) {
      notes.place = this.taken;
      this.taken += notes.columns.names.length;
      if (this.taken > this.launches.length) this.makeRoom();
    }
    this.placed.push(served);
    served.place = notes.place;
    return served.place;
  }

  private makeRoom(): void {
    const larger = (numbers: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(2 * this.taken);
      copy.set(numbers);
      return copy;
    };
    this.launches = larger(this.launches);
    this.requests = larger(this.requests);
    this.errors = larger(this.errors);
    this.slow = larger(this.slow);
  }

  private countsOf({ version: { version }, notes }: Served): TelemetryCount[] {
    const { provider, game, columns, place } = notes;
    return columns.names.flatMap((market, column) => {
      const at = place + column;
      const [launches, requests] = [this.launches[at]!, this.requests[at]!];
      if (launches + requests === 0) return [];
      const [errors, slow] = [this.errors[at]!, this.slow[at]!];
      return [{ provider, game, version, market, launches, requests, errors, slow }];
    });
  }
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
