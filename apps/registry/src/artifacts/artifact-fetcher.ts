import { Injectable } from '@nestjs/common';
import { MANIFEST_LIMITS, type GameVersionAnnounced, type ManifestFile } from '@croupier/contracts';
import { OutboundHttp, OutboundHttpError } from '@croupier/service-kit';
import { concurrently } from './concurrently';
import { checkManifest, type CheckedManifest } from './manifest-check';
import { rejection, type Rejection } from './rejection';
import { sha256Of } from './sha256';

const FILES_AT_ONCE = 4;
const MANIFEST_TIMEOUT_MS = 10_000;
/** The largest file at 1 MiB/s and some more. */
const FILE_TIMEOUT_MS = 90_000;

/** Fetches what a provider announced and proves that it is what was announced. */
@Injectable()
export class ArtifactFetcher {
  constructor(private readonly http: OutboundHttp) {}

  /** @throws OutboundHttpError when the provider may answer better later */
  async fetch(announced: GameVersionAnnounced): Promise<CheckedManifest | Rejection> {
    try {
      const { manifestUrl } = announced;
      const bytes = await this.download(manifestUrl, MANIFEST_LIMITS.manifestBytes, MANIFEST_TIMEOUT_MS);
      const checked = checkManifest(bytes, announced);
      if (checked.kind === 'manifest')
        await concurrently(checked.manifest.files, FILES_AT_ONCE, (file) =>
          this.checkFile(file, manifestUrl),
        );
      return checked;
    } catch (error) {
      if (error instanceof Refused) return error.rejection;
      throw error;
    }
  }

  private async checkFile({ path, sizeBytes, sha256 }: ManifestFile, manifestUrl: string): Promise<void> {
    const bytes = await this.download(new URL(path, manifestUrl).href, sizeBytes, FILE_TIMEOUT_MS);
    if (bytes.length !== sizeBytes)
      throw new Refused(rejection('digest-mismatch', `${path} has ${bytes.length} bytes, not ${sizeBytes}`));
    const actual = sha256Of(bytes);
    if (actual !== sha256)
      throw new Refused(rejection('digest-mismatch', `${path} has SHA-256 ${actual}, not ${sha256}`));
  }

  private async download(url: string, maxBytes: number, timeoutMs: number): Promise<Buffer> {
    try {
      const { status, body } = await this.http.get(url, { maxBytes, timeoutMs });
      if (status === 200) return body;
      throw new Refused(rejection('unreachable', `${url} answered ${status}, and only 200 counts`));
    } catch (error) {
      if (!(error instanceof OutboundHttpError) || error.retryable) throw error;
      throw new Refused(rejection(error.kind === 'too-large' ? 'too-large' : 'unreachable', error.message));
    }
  }
}

/** Carries a verdict out of the concurrent downloads. */
class Refused extends Error {
  constructor(readonly rejection: Rejection) {
    super(rejection.detail);
  }
}
