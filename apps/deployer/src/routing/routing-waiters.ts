import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RoutingRepository } from './routing-repository';

/** Another replica's change is seen by asking the database; our own wakes the waiters at once. */
const POLL_MS = 250;

/** Gateways that wait for a newer snapshot. One poll serves them all. */
@Injectable()
export class RoutingWaiters implements OnApplicationShutdown {
  private readonly waiting = new Set<{ after: number; answer: (newer: boolean) => void }>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly routing: RoutingRepository) {}

  /** True as soon as there is a snapshot newer than `after`; false when `waitMs` is over. */
  async newerThan(after: number, waitMs: number): Promise<boolean> {
    if ((await this.routing.version()) > after) return true;
    return new Promise((resolve) => {
      const waiter = {
        after,
        answer: (newer: boolean) => {
          clearTimeout(deadline);
          this.waiting.delete(waiter);
          resolve(newer);
        },
      };
      const deadline = setTimeout(() => waiter.answer(false), waitMs);
      this.waiting.add(waiter);
      this.schedulePoll();
    });
  }

  announce(routingVersion: number): void {
    for (const waiter of this.waiting) if (routingVersion > waiter.after) waiter.answer(true);
  }

  onApplicationShutdown(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const waiter of this.waiting) waiter.answer(false);
  }

  private schedulePoll(): void {
    this.timer ??= setTimeout(() => void this.poll(), POLL_MS);
  }

  private async poll(): Promise<void> {
    try {
      this.announce(await this.routing.version());
    } catch {
      // The database is away: gateways go on with the snapshot they have.
    }
    this.timer = null;
    if (this.waiting.size > 0) this.schedulePoll();
  }
}
