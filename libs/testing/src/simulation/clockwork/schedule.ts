/** Monday, 2026-01-05, 00:00 UTC: virtual time begins here, in epoch milliseconds. */
export const BEGINNING = Date.UTC(2026, 0, 5);

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: what is planned runs in order of its moment, then of its planning. A binary heap. */
export class Schedule {
  private readonly heap: Planned[] = [];
  private planned = 0;
  private present = BEGINNING;

  /** Epoch milliseconds. */
  get now(): number {
    return this.present;
  }

  after(delayMs: number, run: () => void): void {
    const { heap } = this;
    const entry = { at: this.present + delayMs, order: this.planned++, run };
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Runs what is next; false when nothing is planned. */
  step(): boolean {
    const next = this.heap[0];
    if (next === undefined) return false;
    const last = this.heap.pop()!;
    if (last !== next) this.sink(last);
    this.present = next.at;
    next.run();
    return true;
  }

  private sink(entry: Planned): void {
    const { heap } = this;
    const { length } = heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, entry)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = entry;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
