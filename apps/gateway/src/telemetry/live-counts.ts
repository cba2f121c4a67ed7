import type { RoutedVersion, TelemetryCount } from '@croupier/contracts';
import type { DealtVersion, PinnedVersion } from '@croupier/routing';

export interface RequestOutcome {
  readonly failed: boolean;
  readonly slow: boolean;
}

/** What a player got, as the routing table has it: its own object is found faster than a joined text. */
export interface Served {
  readonly provider: string;
  readonly game: string;
  readonly dealt: DealtVersion | PinnedVersion;
  readonly market: string;
}

type MutableCount = { -readonly [Field in keyof TelemetryCount]: TelemetryCount[Field] };

/** What has been counted since the last drain, by version and market. */
export class LiveCounts {
  private counts = new Map<RoutedVersion, Map<string, MutableCount>>();
  private entries = 0;

  /** Versions and markets that there are counts of. */
  get size(): number {
    return this.entries;
  }

  countLaunch(served: Served): void {
    this.countOf(served).launches += 1;
  }

  countRequest(served: Served, outcome: RequestOutcome): void {
    const count = this.countOf(served);
    count.requests += 1;
    if (outcome.failed) count.errors += 1;
    if (outcome.slow) count.slow += 1;
  }

  /** A version may be in it twice, when requests of before a change of the routing ended after it. */
  drain(): TelemetryCount[] {
    const drained = [...this.counts.values()].flatMap((markets) => [...markets.values()]);
    this.counts = new Map();
    this.entries = 0;
    return drained;
  }

  private countOf({ provider, game, dealt: { version: routed }, market }: Served): MutableCount {
    let markets = this.counts.get(routed);
    if (markets === undefined) this.counts.set(routed, (markets = new Map<string, MutableCount>()));
    let count = markets.get(market);
    if (count === undefined) {
      const { version } = routed;
      count = { provider, game, version, market, launches: 0, requests: 0, errors: 0, slow: 0 };
      markets.set(market, count);
      this.entries += 1;
    }
    return count;
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
