import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublishRequest } from '../control/requests';
import { expandMigration } from './expand-migration';

export interface PublishedRelease {
  /** By path, relative to the release's folder; the manifest is one of them. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly manifestSha256: string;
}

export const MANIFEST_PATH = 'manifest.json';

const SERVER_ENTRY = 'server.js';
const CLIENT_ENTRY = 'client/index.html';

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Builds one version of the game from the slots' folder: its built server, its client and what the version adds. */
export async function buildRelease(
  slotsFolder: string,
  provider: string,
  request: PublishRequest,
): Promise<PublishedRelease> {
  const { game, version, markets, flags } = request;
  const stamped = async (path: string): Promise<Buffer> =>
    Buffer.from((await readFile(join(slotsFolder, path), 'utf8')).replaceAll('__VERSION__', version));

  const migrations = request.migration ? expandMigration(version) : new Map<string, Buffer>();
  const files = new Map<string, Buffer>([
    [SERVER_ENTRY, await readFile(join(slotsFolder, 'dist/server.js'))],
    ['release.json', json({ version, ...request.faults })],
    [CLIENT_ENTRY, await stamped('client/index.html')],
    ['client/game.js', await stamped('client/game.js')],
    ...migrations,
  ]);
  const manifest = json({
    manifestVersion: 1,
    provider,
    game,
    version,
    markets,
    files: [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.length, sha256: sha256(bytes) })),
    server: { runtime: 'node', entry: SERVER_ENTRY },
    client: { entry: CLIENT_ENTRY },
    migrations: [...migrations.keys()],
    flags,
  });
  return { files: files.set(MANIFEST_PATH, manifest), manifestSha256: sha256(manifest) };
}

function json(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
