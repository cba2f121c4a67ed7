import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { GameManifest, ManifestFile } from '@croupier/contracts';
import { VersionFiles } from '@croupier/service-kit';
import { DeployerConfig } from '../deployer-config';
import { isComplete, sha256 } from './verified-files';

const FETCHING = { timeoutMs: 30_000, attempts: 3 };

/** Files of versions on this machine, by digest. What is on disk was checked against the manifest's SHA-256. */
@Injectable()
export class ArtifactStore {
  private readonly root: string;

  constructor(
    private readonly files: VersionFiles,
    config: DeployerConfig,
  ) {
    this.root = resolve(config.stateDirectory, 'artifacts');
  }

  /** The version's folder, complete. Downloads beside it and renames, so a crash leaves no half version. */
  async folderOf(digest: string, manifestUrl: string, manifest: GameManifest): Promise<string> {
    const folder = join(this.root, digest);
    if (await isComplete(folder, manifest)) return folder;
    const partial = `${folder}.${randomUUID()}.partial`;
    for (const file of manifest.files) await this.download(file, manifestUrl, partial);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    return folder;
  }

  private async download(file: ManifestFile, manifestUrl: string, folder: string): Promise<void> {
    const url = new URL(file.path, manifestUrl).href;
    const bytes = await this.files.get(url, { ...FETCHING, maxBytes: file.sizeBytes });
    if (sha256(bytes) !== file.sha256)
      throw new Error(`${url} is not the file that was registered: its SHA-256 differs`);
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}
