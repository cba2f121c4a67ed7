import type { TelemetryWindow } from '@croupier/contracts';
import { mergeCounts } from './live-counts';

/** A window that no receiver has seen; its sequence is given when it is first sent. */
export type ClosedWindow = Omit<TelemetryWindow, 'gatewayId' | 'sequence'>;

export interface BacklogLimits {
  readonly windows: number;
  readonly windowsPerBatch: number;
  readonly countsPerBatch: number;
}

/** A minute of windows. A full batch is some 300 kB of JSON, below the receiver's body limit of 1 MiB. */
const LIMITS: BacklogLimits = { windows: 240, windowsPerBatch: 100, countsPerBatch: 2_000 };

/**
 * Closed windows until the deployer has them. When full, the two oldest become one: time resolution is
 * lost, counts are not. Windows that were sent are in doubt (an answer may be lost while the windows
 * were stored), so they are sent again unchanged, under the same sequence, and never merged.
 */
export class TelemetryBacklog {
  private readonly waiting: ClosedWindow[] = [];
  private inDoubt: readonly TelemetryWindow[] = [];
  private lastSequence = 0;

  constructor(
    private readonly gatewayId: string,
    private readonly limits: BacklogLimits = LIMITS,
  ) {}

  get size(): number {
    return this.waiting.length + this.inDoubt.length;
  }

  add(window: ClosedWindow): void {
    this.waiting.push(window);
    if (this.waiting.length <= this.limits.windows) return;
    const [oldest, next] = this.waiting.splice(0, 2);
    if (oldest && next) this.waiting.unshift(mergeWindows(oldest, next));
  }

  /** What to send now: the same until acknowledged. Empty when there is nothing to send. */
  batch(): readonly TelemetryWindow[] {
    if (this.inDoubt.length === 0) this.inDoubt = this.takeOldest();
    return this.inDoubt;
  }

  acknowledge(): void {
    this.inDoubt = [];
  }

  private takeOldest(): TelemetryWindow[] {
    const taken: TelemetryWindow[] = [];
    let room = this.limits.countsPerBatch;
    while (taken.length < this.limits.windowsPerBatch && room > 0) {
      const window = this.waiting.shift();
      if (window === undefined) break;
      const counts = window.counts.slice(0, room);
      const rest = window.counts.slice(room);
      if (rest.length > 0) this.waiting.unshift({ ...window, counts: rest });
      this.lastSequence += 1;
      taken.push({ ...window, counts, gatewayId: this.gatewayId, sequence: this.lastSequence });
      room -= counts.length;
    }
    return taken;
  }
}

function mergeWindows(older: ClosedWindow, newer: ClosedWindow): ClosedWindow {
  return {
    startedAt: older.startedAt,
    endedAt: newer.endedAt,
    routingVersion: newer.routingVersion,
    counts: mergeCounts(older.counts, newer.counts),
  };
}
