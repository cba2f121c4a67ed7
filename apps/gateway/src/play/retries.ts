const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_RETRIES = 2;
const LONGEST_PAUSE_MS = 50;
/** A tenth of all requests may be sent once more: when everything fails, retries are no second flood. */
const EARNED_BY_REQUEST = 0.1;
const MOST_SAVED = 50;

/** Which requests may be sent once more. They have no body (RFC 9110, 9.2.2), and no byte of an answer was passed on. */
export class Retries {
  private saved = MOST_SAVED;

  constructor(private readonly random: () => number = Math.random) {}

  earn(): void {
    this.saved = Math.min(MOST_SAVED, this.saved + EARNED_BY_REQUEST);
  }

  /** Milliseconds to wait before it is sent again; null when it must not be. @param attempt from 1 on */
  pauseMs(method: string, attempt: number): number | null {
    if (!IDEMPOTENT.has(method) || attempt > MAX_RETRIES || this.saved < 1) return null;
    this.saved -= 1;
    return this.random() * LONGEST_PAUSE_MS;
  }
}
