/** Upper bounds in milliseconds. The last bucket has none. */
const BOUNDS_MS = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 175, 200, 225, 250, 300, 350,
  400, 500, 750, 1_000, 2_000, 5_000, 10_000,
] as const;

/** Fixed buckets: memory and cost stay the same however many latencies there are. */
export class LatencyHistogram {
  private readonly counts = new Uint32Array(BOUNDS_MS.length + 1);
  private total = 0;

  record(latencyMs: number): void {
    let bucket = 0;
    while (bucket < BOUNDS_MS.length && latencyMs > (BOUNDS_MS[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.total += 1;
  }

  /** Linear within the bucket; the greatest bound when beyond it; null when nothing was recorded. */
  quantileMs(share: number): number | null {
    if (this.total === 0) return null;
    const rank = share * this.total;
    let below = 0;
    for (const [bucket, upperMs] of BOUNDS_MS.entries()) {
      const count = this.counts[bucket] ?? 0;
      if (count > 0 && below + count >= rank) {
        const lowerMs = BOUNDS_MS[bucket - 1] ?? 0;
        return round(lowerMs + ((upperMs - lowerMs) * (rank - below)) / count);
      }
      below += count;
    }
    return BOUNDS_MS.at(-1) ?? null;
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
