import { AsyncResource } from 'node:async_hooks';

export interface ClaimLoopOptions<Claimed> {
  /** Works under way at once. */
  readonly atOnce: number;
  /** How often it looks by itself: for what is due by time, and for what other replicas have left. */
  readonly everyMs: number;
  /** Done each time before it looks. */
  readonly prepare?: () => Promise<void>;
  /** Null when there is nothing to do. */
  readonly claim: () => Promise<Claimed | null>;
  /** Never rejects. */
  readonly work: (claimed: Claimed) => Promise<void>;
  readonly onFailed: (error: Error) => void;
}

/** Claims rows with leases and works on them, several at a time, until it is stopped. */
export class ClaimLoop<Claimed> {
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  /** Whatever wakes it: what it does is nobody's request, and its log must not say so. */
  private readonly look = AsyncResource.bind(() => this.takeAll());
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;
  private again = false;

  constructor(private readonly options: ClaimLoopOptions<Claimed>) {}

  /** Aborts when it is stopped. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  start(): void {
    this.timer = setInterval(() => this.wake(), this.options.everyMs);
  }

  /** Claims nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.looking;
    await Promise.allSettled([...this.running]);
  }

  /** There may be something to do. */
  wake(): void {
    if (this.signal.aborted) return;
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = this.look()
      .catch(this.options.onFailed)
      .finally(() => {
        this.looking = null;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }

  private async takeAll(): Promise<void> {
    const { atOnce, prepare, claim, work } = this.options;
    await prepare?.();
    while (this.running.size < atOnce && !this.signal.aborted) {
      const claimed = await claim();
      if (claimed === null) return;
      const working = work(claimed).finally(() => {
        this.running.delete(working);
        this.wake();
      });
      this.running.add(working);
    }
  }
}
