import type { SubjectRoute } from '@croupier/contracts';
import type { SubjectStanding, VersionStanding } from '@croupier/rollout';

export interface Subject {
  readonly provider: string;
  readonly game: string;
}

export interface KnownVersion extends VersionStanding {
  readonly digest: string;
  readonly manifestUrl: string;
  /** Null while it does not run. */
  readonly endpoint: string | null;
  /** Base URLs of more servers of the same; none in most cases. */
  readonly replicas: readonly string[];
}

export interface StoredStanding extends SubjectStanding, Subject {
  readonly versions: readonly KnownVersion[];
  readonly salt: number;
  /** Every version that is served nowhere any more. */
  readonly revoked: readonly string[];
  /** What is dealt by so far. */
  readonly route: SubjectRoute | null;
}
