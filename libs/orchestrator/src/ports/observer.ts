import type { Told } from './release-store';
import type { StoredRelease } from './release-store';
import type { MetricEvidence } from '@croupier/contracts';

/** Hears what happens, for metrics and logs. */
export interface Observer {
  told(told: Told): void;
  judged(release: StoredRelease, evidence: readonly MetricEvidence[]): void;
  /** New routing is stored. */
  routed(releases: readonly StoredRelease[]): void;
  warn(message: string): void;
}
