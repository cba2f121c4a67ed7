import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ReleaseId, TimelineEntry } from '@croupier/contracts';
import { Observable, Subject } from 'rxjs';
import { TimelineRepository } from '../timeline/timeline-repository';

export interface FedEntry extends TimelineEntry {
  readonly releaseId: ReleaseId;
}

/** What a replica did is seen by asking the database: one poll serves all who listen. */
const POLL_MS = 250;

/** New timeline entries of all releases, as they are committed on whichever replica. Costs nothing while nobody listens. */
@Injectable()
export class TimelineFeed implements OnApplicationShutdown {
  private readonly logger = new Logger(TimelineFeed.name);
  private readonly entries = new Subject<FedEntry>();
  private listeners = 0;
  private timer: NodeJS.Timeout | null = null;
  private cursor: string | null = null;
  private seen = new Set<string>();

  constructor(private readonly timeline: TimelineRepository) {}

  follow(): Observable<FedEntry> {
    return new Observable((subscriber) => {
      const subscription = this.entries.subscribe(subscriber);
      this.listeners += 1;
      this.schedule();
      return () => {
        this.listeners -= 1;
        subscription.unsubscribe();
      };
    });
  }

  onApplicationShutdown(): void {
    if (this.timer) clearTimeout(this.timer);
    this.entries.complete();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => void this.poll(), POLL_MS);
  }

  private async poll(): Promise<void> {
    try {
      const { cursor, entries } = await this.timeline.recordedSince(this.cursor);
      const seen = new Set<string>();
      for (const entry of entries) {
        const id = `${entry.releaseId}/${entry.sequence}`;
        seen.add(id);
        if (!this.seen.has(id)) this.entries.next(entry);
      }
      this.seen = seen;
      this.cursor = cursor;
    } catch (error) {
      this.logger.warn(`The feed waits for the database: ${(error as Error).message}`);
    }
    this.timer = null;
    if (this.listeners > 0) this.schedule();
    else this.cursor = null;
  }
}
