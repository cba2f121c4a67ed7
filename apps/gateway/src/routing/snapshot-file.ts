import { join } from 'node:path';
import { RoutingSnapshot } from '@croupier/contracts';
import { readIfThere, writeWhole } from '../whole-file';

/** None without a directory for it. */
export function keptSnapshotFile(stateDirectory: string | undefined): SnapshotFile | null {
  return stateDirectory === undefined ? null : new SnapshotFile(join(stateDirectory, 'gateway-routing.json'));
}

/** The last good snapshot on disk, for a start while the deployer is away. */
export class SnapshotFile {
  constructor(private readonly path: string) {}

  /** Null when there is no file. @throws when there is one that holds no snapshot. */
  async load(): Promise<RoutingSnapshot | null> {
    const text = await readIfThere(this.path);
    return text === null ? null : RoutingSnapshot.parse(JSON.parse(text));
  }

  save(snapshot: RoutingSnapshot): Promise<void> {
    return writeWhole(this.path, JSON.stringify(snapshot));
  }
}
