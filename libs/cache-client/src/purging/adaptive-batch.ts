/** Milliseconds that a batch may hold up other clients, about as long as a GET takes: Redis does one thing at a time. */
const BUDGET_MS = 0.06;
const FEWEST = 20;
const MOST = 2_000;

/**
 * How many keys to look at in one call: more while calls take little longer than the fastest, half as many as soon as one
 * takes much longer, whether because of its size or because others need the server.
 */
export class AdaptiveBatch {
  private fastestMs = Infinity;
  private current = FEWEST;

  get size(): number {
    return Math.round(this.current);
  }

  /** @param elapsedMs what the last call took, from sending it to its answer */
  observe(elapsedMs: number): void {
    this.fastestMs = Math.min(this.fastestMs, elapsedMs);
    const extraMs = elapsedMs - this.fastestMs;
    if (extraMs > 2 * BUDGET_MS) this.current = Math.max(FEWEST, this.current / 2);
    else if (extraMs < BUDGET_MS) this.current = Math.min(MOST, this.current + 10);
  }
}
