/** Behind by more than this, requests are given up instead of sent in a burst that no player would make. */
const MAX_CATCH_UP_MS = 250;

/** How many requests are due, at a rate that does not depend on how fast they are answered (open loop). */
export class Pacer {
  private owed = 0;
  private lastMs: number;

  constructor(
    private readonly ratePerSecond: number,
    startMs: number,
  ) {
    this.lastMs = startMs;
  }

  due(nowMs: number): { readonly send: number; readonly givenUp: number } {
    const elapsedMs = nowMs - this.lastMs;
    this.lastMs = nowMs;
    const caughtUpMs = Math.min(elapsedMs, MAX_CATCH_UP_MS);
    this.owed += (this.ratePerSecond * caughtUpMs) / 1000;
    const send = Math.floor(this.owed);
    this.owed -= send;
    return { send, givenUp: Math.floor((this.ratePerSecond * (elapsedMs - caughtUpMs)) / 1000) };
  }
}
