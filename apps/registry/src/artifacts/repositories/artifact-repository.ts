import type { GuardedAnswer } from '@croupier/service-kit';
import type { ManifestFile } from '@croupier/contracts';
import type { Fetching } from '../fetching';

export type RepositoryKind = 'https' | 'nexus' | 'artifactory' | 'oci';

/** One content-addressed part of an artifact, as OCI describes it. */
export interface Part {
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** What refers to an artifact: signatures, SBOMs, attestations. */
export interface Referrer extends Part {
  readonly artifactType: string | null;
}

/** A detached signature and the bytes that it signs. */
export interface DetachedSignature {
  readonly payload: Buffer;
  /** Base64. */
  readonly signature: string;
}

export interface LocatedImage {
  /** `registry/repository` */
  readonly repository: string;
  readonly digest: string;
}

/** An artifact that was found where it was announced. */
export interface LocatedArtifact {
  readonly repository: RepositoryKind;
  /** Where it is, by digest where the repository knows digests. */
  readonly pinned: string;
  /** The image that the manifest is attached to; null for what is no image. */
  readonly image: LocatedImage | null;
  /** `sha256:...` of what the repository names it by; null on a plain web server. */
  readonly digest: string | null;
  readonly manifest: Buffer;
  /** Whether anybody can fetch its files with the manifest's address alone; else the registry serves them. */
  readonly servedByOrigin: boolean;
  /** Blobs of it that the Croupier manifest does not list. */
  readonly parts: readonly Part[];
  readonly referrers: readonly Referrer[];
  /** @throws Refused when the file is not what the manifest says */
  checkFile(file: ManifestFile, fetching: Fetching): Promise<void>;
  /** @throws Refused when a part is not what its digest says */
  checkPart(part: Part, fetching: Fetching): Promise<void>;
  /** What could be signatures of it. Whether one is valid is for the caller to say. */
  signatures(fetching: Fetching): Promise<readonly DetachedSignature[]>;
}

export type ConsumeFile<T> = (chunks: AsyncIterable<Buffer>, answer: GuardedAnswer) => Promise<T>;
