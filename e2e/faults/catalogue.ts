import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const PROVIDER = 'acme';

/**
 * A game server that is never healthy: its release stays in staging for as long as the deployer lets it, and costs
 * nothing meanwhile. It ends with the deployer, however that ends.
 */
const GAME_SERVER = Buffer.from(
  'const parent = process.ppid; setInterval(() => process.ppid === parent || process.exit(), 500);',
);
const GAME_CLIENT = Buffer.from('<!doctype html><title>Game</title>');

export interface Version {
  readonly game: string;
  readonly version: string;
}

export function nameOf({ game, version }: Version): string {
  return `${game}@${version}`;
}

/** The provider's own web server: any version of any game can be fetched there. */
export class Catalogue {
  private constructor(private readonly server: Server) {}

  static async open(): Promise<Catalogue> {
    const server = createServer((request, response) => {
      const [, game = '', version = '', file = ''] = (request.url ?? '').split('/');
      const body = {
        'manifest.json': manifestOf({ game, version }),
        'server.js': GAME_SERVER,
        'index.html': GAME_CLIENT,
      }[file];
      response.writeHead(body ? 200 : 404).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Catalogue(server);
  }

  manifestUrl({ game, version }: Version): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${game}/${version}/manifest.json`;
  }

  manifestSha256(version: Version): string {
    return sha256(manifestOf(version));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}

function manifestOf({ game, version }: Version): Buffer {
  const files = [
    ['server.js', GAME_SERVER],
    ['index.html', GAME_CLIENT],
  ] as const;
  return Buffer.from(
    JSON.stringify({
      manifestVersion: 1,
      provider: PROVIDER,
      game,
      version,
      markets: ['MT'],
      files: files.map(([path, bytes]) => ({ path, sizeBytes: bytes.length, sha256: sha256(bytes) })),
      server: { runtime: 'node', entry: 'server.js' },
      client: { entry: 'index.html' },
    }),
  );
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
