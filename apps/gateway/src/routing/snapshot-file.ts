import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RoutingSnapshot } from '@croupier/contracts';

/** None without a directory for it. */
export function keptSnapshotFile(stateDirectory: string | undefined): SnapshotFile | null {
  return stateDirectory === undefined ? null : new SnapshotFile(join(stateDirectory, 'gateway-routing.json'));
}

/** The last good snapshot on disk, for a start while the deployer is away. */
export class SnapshotFile {
  constructor(private readonly path: string) {}

  /** Null when there is no file. @throws when there is one that holds no snapshot. */
  async load(): Promise<RoutingSnapshot | null> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : RoutingSnapshot.parse(JSON.parse(text));
  }

  /** All of it or nothing: a crash at any moment leaves the old file or the new one (rename(2) is atomic). */
  async save(snapshot: RoutingSnapshot): Promise<void> {
    const unfinished = `${this.path}.${process.pid}.new`;
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(unfinished, 'w');
    try {
      await file.writeFile(JSON.stringify(snapshot));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, this.path);
  }
}
