import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { ReleaseId, TimelineEntry } from '@croupier/contracts';
import { mergeMap, Observable, Subject } from 'rxjs';
import { TimelineRepository } from '../timeline/timeline-repository';

export interface FedEntry extends TimelineEntry {
  readonly releaseId: ReleaseId;
}

/** Entries as they were read, and from where to read on if the next ones are missed; some may come again then. */
export interface FedBatch {
  readonly cursor: string;
  readonly entries: readonly FedEntry[];
}

/** What a replica did is seen by asking the database: one poll serves all who listen. */
const POLL_MS = 250;

/** New timeline entries of all releases, as they are committed on whichever replica. Costs nothing while nobody listens. */
@Injectable()
export class TimelineFeed implements OnApplicationShutdown {
  private readonly logger = new Logger(TimelineFeed.name);
  private readonly batches = new Subject<FedBatch>();
  private listeners = 0;
  private timer: NodeJS.Timeout | null = null;
  private cursor: string | null = null;
  private seen = new Set<string>();

  constructor(private readonly timeline: TimelineRepository) {}

  follow(): Observable<FedEntry> {
    return this.batchesFromNow().pipe(mergeMap(({ entries }) => entries));
  }

  /** Begins with a batch that is empty when nothing has happened: what happens after it is not missed. */
  batchesFromNow(): Observable<FedBatch> {
    return new Observable((subscriber) => {
      if (this.cursor !== null) subscriber.next({ cursor: this.cursor, entries: [] });
      const subscription = this.batches.subscribe(subscriber);
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
    this.batches.complete();
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => void this.poll(), POLL_MS);
  }

  private async poll(): Promise<void> {
    try {
      const { cursor, entries } = await this.timeline.recordedSince(this.cursor);
      const isFirst = this.cursor === null;
      const news = entries.filter((entry) => !this.seen.has(idOf(entry)));
      this.seen = new Set(entries.map(idOf));
      this.cursor = cursor;
      if (isFirst || news.length > 0) this.batches.next({ cursor, entries: news });
    } catch (error) {
      this.logger.warn(`The feed waits for the database: ${(error as Error).message}`);
    }
    this.timer = null;
    if (this.listeners > 0) this.schedule();
    else this.cursor = null;
  }
}

function idOf({ releaseId, sequence }: FedEntry): string {
  return `${releaseId}/${sequence}`;
}
