import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ReleaseStaged } from '@croupier/contracts';
import { VersionFiles } from '@croupier/service-kit';
import type { ScriptFile } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';

const FETCHING = { maxBytes: 1024 * 1024, timeoutMs: 10_000, attempts: 5 };

type ScriptReference = ReleaseStaged['migrations'][number];

/** Fetches the scripts of a release and believes none that is not the one that was registered. */
@Injectable()
export class ScriptSource {
  constructor(private readonly versionFiles: VersionFiles) {}

  /** @throws MigrationFailure */
  async fetch(references: readonly ScriptReference[]): Promise<ScriptFile[]> {
    const files: ScriptFile[] = [];
    for (const reference of references) files.push(await this.fetchOne(reference));
    return files;
  }

  private async fetchOne({ path, url, sha256 }: ScriptReference): Promise<ScriptFile> {
    const bytes = await this.versionFiles.get(url, FETCHING).catch((error: Error) => {
      throw new MigrationFailure(`${path} cannot be fetched: ${error.message}`, { cause: error });
    });
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256)
      throw new MigrationFailure(`${path} has SHA-256 ${found}, but ${sha256} was registered`);
    return { path, sql: textOf(path, bytes) };
  }
}

function textOf(path: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Told below.
  }
  throw new MigrationFailure(`${path} is not UTF-8 text`);
}
