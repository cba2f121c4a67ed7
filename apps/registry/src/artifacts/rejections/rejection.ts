import type { ArtifactRejected } from '@croupier/contracts';

/** What was found instead of what was announced, as far as it was read. */
export interface Found {
  /** Of the manifest, or of the OCI artifact where it was told apart by that. */
  readonly digest?: string | null;
  readonly sizeBytes?: number;
  /** The manifest; the beginning of it is kept. */
  readonly manifest?: Uint8Array;
}

/** Why an announced artifact can never be registered, however often it is fetched. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly reason: ArtifactRejected['reason'];
  readonly detail: string;
  readonly found: Found;
}

export function rejection(reason: Rejection['reason'], detail: string, found: Found = {}): Rejection {
  return { kind: 'rejected', reason, detail, found };
}

/** Carries a verdict out of a download. */
export class Refused extends Error {
  readonly rejection: Rejection;

  constructor(reason: Rejection['reason'], detail: string, found: Found = {}) {
    super(detail);
    this.rejection = rejection(reason, detail, found);
  }
}
