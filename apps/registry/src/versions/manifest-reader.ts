import { Injectable, Logger } from '@nestjs/common';
import { SharedCache } from '@croupier/service-kit';
import { VersionRepository, type GameVersion } from './version-repository';

const TTL_SECONDS = 300;

/** Manifests, through the cache that all replicas share. */
@Injectable()
export class ManifestReader {
  private readonly logger = new Logger(ManifestReader.name);

  constructor(
    private readonly versions: VersionRepository,
    private readonly cache: SharedCache,
  ) {}

  /** The manifest's text as it was published, to the byte. */
  async read(version: GameVersion): Promise<string | undefined> {
    const key = `game:${version.provider}/${version.game}:${version.version}:manifest`;
    const cached = await this.withoutCache(this.cache.get(key));
    if (cached) return cached;
    const manifest = await this.versions.manifestText(version);
    if (manifest !== undefined) await this.withoutCache(this.cache.set(key, manifest, TTL_SECONDS));
    return manifest;
  }

  /** A lost cache costs time, never the answer. */
  private async withoutCache<T>(call: Promise<T>): Promise<T | undefined> {
    try {
      return await call;
    } catch (error) {
      this.logger.warn(`The cache did not answer: ${(error as Error).message}`);
      return undefined;
    }
  }
}
