import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudEvent, EventData } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';

const FILE = '<title>bench</title>';

/** A provider's site with new versions, and the announcements of them. */
export class Announcements {
  private readonly pages = new Map<string, string>();
  private readonly server = createServer((message, response) => {
    const page = message.url?.endsWith('/index.html') ? FILE : this.pages.get(message.url ?? '');
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });

  async open(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  /** Twenty versions a game, in no order. */
  of(count: number, markets: readonly string[]): CloudEvent[] {
    const events = Array.from({ length: count }, (_, index) => this.publish(index, markets));
    return events
      .map((event) => ({ event, place: Math.random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ event }) => event);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private publish(
    index: number,
    markets: readonly string[],
  ): CloudEvent<'game.version.announced', EventData<'game.version.announced'>> {
    const [game, version] = [`fresh-${Math.floor(index / 20)}`, `1.${index % 20}.0`];
    const manifest = JSON.stringify({
      manifestVersion: 1,
      provider: 'bench',
      game,
      version,
      title: `Fresh ${index}`,
      markets,
      files: [{ path: 'index.html', sizeBytes: FILE.length, sha256: sha256(FILE) }],
      server: { runtime: 'remote', url: 'http://127.0.0.1:9' },
      client: { entry: 'index.html' },
    });
    const folder = `/${game}/${version}`;
    this.pages.set(`${folder}/manifest.json`, manifest);
    const { port } = this.server.address() as AddressInfo;
    return newEvent(
      'game.version.announced',
      {
        provider: 'bench',
        game,
        version,
        change: 'added',
        manifestUrl: `http://127.0.0.1:${port}${folder}/manifest.json`,
        manifestSha256: sha256(manifest),
        webhookId: `msg_${randomUUID()}`,
        announcedAt: new Date().toISOString(),
      },
      { source: 'bench' },
    );
  }
}

function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
