import type { MetricEvidence } from '@croupier/contracts';
import type { Observer } from '../src/ports/observer';
import type { StoredRelease, Told } from '../src/ports/release-store';

/** Remembers what it hears. */
export class RecordingObserver implements Observer {
  readonly tellings: Told[] = [];
  readonly routings: (readonly StoredRelease[])[] = [];
  readonly judgements: (readonly MetricEvidence[])[] = [];
  readonly warnings: string[] = [];

  told(told: Told): void {
    this.tellings.push(told);
  }

  judged(_release: StoredRelease, evidence: readonly MetricEvidence[]): void {
    this.judgements.push(evidence);
  }

  routed(releases: readonly StoredRelease[]): void {
    this.routings.push(releases);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }
}
