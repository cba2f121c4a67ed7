import { Logger } from '@nestjs/common';
import { eventually } from '@croupier/testing';
import type { Collection } from './document';
import { LiveDocuments } from './live-documents';

/** A store whose answers the test gives. */
class Shelf {
  revisions = 0;
  reads = 0;
  isAway = false;
  stored = 1;

  async revision(): Promise<string> {
    this.revisions += 1;
    if (this.isAway) throw new Error('the database is away');
    return String(this.stored);
  }

  async all(): Promise<Collection<number>> {
    this.reads += 1;
    return { revision: await this.revision(), documents: [] };
  }
}

describe('documents in memory', () => {
  let shelf: Shelf;
  let live: LiveDocuments<number, string>;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    shelf = new Shelf();
    live = new LiveDocuments<number, string>(shelf, ({ revision }) => `view of ${revision}`, 1);
  });
  afterEach(() => live.stop());

  it('are not there before they are loaded, and nothing starts without them', async () => {
    expect(() => live.current).toThrow('not been loaded');
    shelf.isAway = true;
    await expect(live.start()).rejects.toThrow('away');
  });

  it('follow a change by themselves, and are read only when there is one', async () => {
    await live.start();
    expect(live.current).toBe('view of 1');
    await eventually(() => shelf.revisions > 5);
    expect(shelf.reads).toBe(1);
    shelf.stored = 2;
    await eventually(() => live.current === 'view of 2');
    expect(shelf.reads).toBe(2);
  });

  it('stay as they were while the database is away, and go on when it is back', async () => {
    await live.start();
    shelf.isAway = true;
    shelf.stored = 2;
    const before = shelf.revisions;
    await eventually(() => shelf.revisions > before + 3);
    await live.refresh();
    expect(live.current).toBe('view of 1');
    shelf.isAway = false;
    await eventually(() => live.current === 'view of 2');
  });

  it('show after a refresh what was stored before it, also when a look was under way', async () => {
    await live.start();
    const early = live.refresh();
    shelf.stored = 3;
    await live.refresh();
    expect(live.current).toBe('view of 3');
    await early;
  });

  it('are not looked at any more once they are stopped', async () => {
    await live.start();
    await live.stop();
    const looks = shelf.revisions;
    await new Promise((resolve) => setImmediate(resolve));
    expect(shelf.revisions).toBe(looks);
  });
});
