import { Logger } from '@nestjs/common';
import type { Collection } from './document';
import type { DocumentStore } from './document-store';

/** How long another replica's change may go unnoticed. A look costs one small query when there is none. */
const INTERVAL_MS = 1_000;

/** Documents in memory, as they stand. While the database is away, the last ones known do. */
export class LiveDocuments<Content, View> {
  private readonly logger = new Logger(LiveDocuments.name);
  private held: { readonly revision: string; readonly view: View } | null = null;
  private lastLook: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  /** @param viewOf - what is wanted of the documents; made anew with every change of them. */
  constructor(
    private readonly store: Pick<DocumentStore<Content>, 'revision' | 'all'>,
    private readonly viewOf: (collection: Collection<Content>) => View,
    private readonly intervalMs = INTERVAL_MS,
  ) {}

  /** Needs no database, so that nobody waits for it who is asked ten thousand times a second or holds a transaction. */
  get current(): View {
    if (this.held === null) throw new Error('The documents have not been loaded yet');
    return this.held.view;
  }

  /** Rejects when nothing can be loaded: to begin without the documents would be to ignore them. */
  async start(): Promise<void> {
    await this.look();
    this.schedule();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.lastLook;
  }

  /** What is stored by now is seen when this has resolved, unless the database is away. */
  refresh(): Promise<void> {
    // After a look that is under way: that one may have begun too early.
    this.lastLook = this.lastLook
      .then(() => this.look())
      .catch((error: unknown) =>
        this.logger.warn(`Documents stay as they were: ${(error as Error).message}`),
      );
    return this.lastLook;
  }

  private async look(): Promise<void> {
    if (this.held !== null && (await this.store.revision()) === this.held.revision) return;
    const collection = await this.store.all();
    this.held = { revision: collection.revision, view: this.viewOf(collection) };
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => void this.refresh().then(() => this.schedule()), this.intervalMs);
  }
}
