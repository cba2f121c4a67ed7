import { Injectable } from '@nestjs/common';
import type { GameManifest } from '@croupier/contracts';
import { basename } from 'node:path/posix';
import type { AnnouncedArtifact } from './announced-artifact';
import { ArtifactConfig } from './artifact-config';
import { ArtifactSources } from './artifact-sources';
import { concurrently } from './concurrently';
import { checkManifest, type CheckedManifest } from './manifest-check';
import { Refused, rejection, type Found, type Rejection } from './rejections/rejection';
import type { LocatedArtifact } from './repositories/artifact-repository';
import { signedBy } from './signatures/signature-policy';

const FILES_AT_ONCE = 4;

/** A version that is in every byte what was announced. */
export interface FetchedArtifact {
  readonly kind: 'fetched';
  readonly checked: CheckedManifest;
  readonly located: LocatedArtifact;
  readonly bytesFetched: number;
  /** Fingerprint of the key; null where no signature is asked for. */
  readonly signedBy: string | null;
}

/** Fetches what was announced and proves that it is what was announced. */
@Injectable()
export class ArtifactFetcher {
  constructor(
    private readonly sources: ArtifactSources,
    private readonly config: ArtifactConfig,
  ) {}

  /** @throws OutboundHttpError when the other side may answer better later */
  async fetch(announced: AnnouncedArtifact): Promise<FetchedArtifact | Rejection> {
    const fetching = this.sources.fetching();
    let located: LocatedArtifact | null = null;
    try {
      const artifact = (located = await this.sources.locate(announced.source, fetching));
      const checked = checkManifest(artifact.manifest, { ...announced, image: artifact.image });
      if (checked.kind === 'rejected') return checked;
      requireAnnouncedFile(announced, checked.manifest);
      const signer = await signedBy(announced.provider, artifact, this.config, fetching);
      await concurrently(checked.manifest.files, FILES_AT_ONCE, (file) => artifact.checkFile(file, fetching));
      await concurrently(artifact.parts, FILES_AT_ONCE, (part) => artifact.checkPart(part, fetching));
      return { kind: 'fetched', checked, located, bytesFetched: fetching.bytesFetched, signedBy: signer };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { reason, detail, found } = error.rejection;
      return rejection(reason, detail, { ...(located ? evidenceOf(located) : {}), ...found });
    }
  }

  /** The manifest alone, to compare it with what is registered. @throws OutboundHttpError as `fetch` does */
  async manifestOf(announced: AnnouncedArtifact): Promise<CheckedManifest | Rejection> {
    try {
      const located = await this.sources.locate(announced.source, this.sources.fetching());
      return checkManifest(located.manifest, { ...announced, image: located.image });
    } catch (error) {
      if (error instanceof Refused) return error.rejection;
      throw error;
    }
  }
}

export function evidenceOf({ digest, manifest }: LocatedArtifact): Found {
  return { digest, sizeBytes: manifest.length, manifest };
}

/** The pipeline told of a file: the manifest beside it has to speak of that file, and of those bytes. */
function requireAnnouncedFile({ source }: AnnouncedArtifact, { files }: GameManifest): void {
  const artifact = source.kind === 'module' ? source.artifact : null;
  if (artifact?.kind !== 'file' || artifact.sha256 === null) return;
  const name = basename(artifact.reference);
  const listed = files.find(({ path }) => path === name);
  if (listed?.sha256 === artifact.sha256) return;
  throw new Refused(
    'digest-mismatch',
    `${name} was announced with SHA-256 ${artifact.sha256}; the manifest ${listed ? `says ${listed.sha256}` : 'does not list it'}`,
  );
}
