import { errorOf } from '../error-of';
import { pause } from '../pause';
import { retryDelayMs, type Backoff } from '../retry-delay';

export interface GroupCommitOptions<Item, Outcome> {
  /** Commits all the items in one transaction, or none; answers in their order. Has to be safe to repeat. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Outcome[]>;
  /** Bytes that the item keeps in memory. */
  readonly sizeOf: (item: Item) => number;
  /** Whether the same items may be committed a moment later: a lost connection, a deadlock. */
  readonly isTransient: (error: unknown) => boolean;
  readonly maxBatch?: number;
  readonly maxWaiting?: number;
  readonly maxWaitingBytes?: number;
  /** Commits under way at once: a further one begins when a whole batch waits, or when the others take long. */
  readonly concurrency?: number;
  /** How long those that wait gather for one commit, when there is another one under way. */
  readonly patienceMs?: number;
  readonly attempts?: number;
  readonly backoff?: Backoff;
}

/** Nothing was stored: the queue of those who wait for a commit is full. */
export class GroupCommitFull extends Error {
  override readonly name = 'GroupCommitFull';
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Lets those who come at the same time share a commit: while one is under way, the next gathers. Alone, an item waits
 * for nothing; in a crowd, the cost of a round trip and of a flush to the disk is divided by the size of the batch, so
 * one large commit after the other is cheaper than small ones side by side. One that cannot be committed fails alone.
 */
export class GroupCommit<Item, Outcome> {
  private readonly options: Required<GroupCommitOptions<Item, Outcome>>;
  private readonly closing = new AbortController();
  private waiting: Waiting<Item, Outcome>[] = [];
  private waitingBytes = 0;
  private underWay = 0;
  /** Of those under way, the ones that the next does not wait for any more. */
  private late = 0;
  private scheduled = false;
  private whenIdle: (() => void) | undefined;

  constructor(options: GroupCommitOptions<Item, Outcome>) {
    this.options = {
      maxBatch: 128,
      maxWaiting: 10_000,
      maxWaitingBytes: 64 * 1024 * 1024,
      concurrency: 2,
      patienceMs: 50,
      attempts: 4,
      backoff: { initialMs: 20, factor: 4, maxMs: 1_000 },
      ...options,
    };
  }

  get waitingCount(): number {
    return this.waiting.length;
  }

  /** @throws GroupCommitFull */
  submit(item: Item): Promise<Outcome> {
    const { maxWaiting, maxWaitingBytes, sizeOf } = this.options;
    const bytes = sizeOf(item);
    if (this.closing.signal.aborted) throw new GroupCommitFull('No more is taken: the service stops');
    // One that is larger than the bound by itself is taken when nobody else waits.
    if (
      this.waiting.length >= maxWaiting ||
      (this.waiting.length > 0 && this.waitingBytes + bytes > maxWaitingBytes)
    )
      throw new GroupCommitFull(`${this.waiting.length} wait to be stored already`);
    this.waitingBytes += bytes;
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  /** Takes nothing more, and resolves when what was taken is answered. */
  async close(): Promise<void> {
    this.closing.abort();
    if (this.waiting.length > 0 || this.underWay > 0)
      await new Promise<void>((resolve) => (this.whenIdle = resolve));
  }

  /** After what the event loop has in hand, so that everything that arrived with it goes along. */
  private schedule(): void {
    if (this.scheduled || !this.mayCommit()) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.commitNext();
    });
  }

  private mayCommit(): boolean {
    const { concurrency, maxBatch } = this.options;
    return this.underWay < concurrency && (this.underWay === this.late || this.waiting.length >= maxBatch);
  }

  private commitNext(): void {
    if (this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, this.options.maxBatch);
    for (const { item } of batch) this.waitingBytes -= this.options.sizeOf(item);
    this.underWay++;
    let isLate = false;
    const patience = setTimeout(() => {
      isLate = true;
      this.late++;
      if (this.waiting.length > 0) this.schedule();
    }, this.options.patienceMs);
    void this.commit(batch).then(() => {
      clearTimeout(patience);
      this.underWay--;
      if (isLate) this.late--;
      if (this.waiting.length > 0) this.schedule();
      else if (this.underWay === 0) this.whenIdle?.();
    });
    if (this.waiting.length > 0) this.schedule();
  }

  private async commit(batch: readonly Waiting<Item, Outcome>[]): Promise<void> {
    const items = batch.map(({ item }) => item);
    let outcomes: readonly Outcome[];
    try {
      outcomes = await this.commitPatiently(items);
    } catch (error) {
      if (batch.length === 1 || this.options.isTransient(error)) {
        for (const { reject } of batch) reject(errorOf(error));
        return;
      }
      // One of them is at fault, and the others must not pay for it.
      const middle = Math.ceil(batch.length / 2);
      await this.commit(batch.slice(0, middle));
      await this.commit(batch.slice(middle));
      return;
    }
    for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as Outcome);
  }

  private async commitPatiently(items: readonly Item[]): Promise<readonly Outcome[]> {
    const { commit, isTransient, attempts, backoff } = this.options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await commit(items);
      } catch (error) {
        if (attempt >= attempts || !isTransient(error)) throw error;
        await pause(retryDelayMs(attempt, backoff), this.closing.signal);
      }
    }
  }
}
