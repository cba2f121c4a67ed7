import type { MetricEvidence } from '@croupier/contracts';

export interface Start {
  readonly kind: 'start';
  /** The subject's stable version at this moment; null when it has none. */
  readonly stableVersion: string | null;
}

export interface Judged {
  readonly kind: 'judged';
  /** The step that was judged, so that a late or repeated verdict never counts for another one. */
  readonly stepIndex: number;
  readonly verdict: 'breached' | 'healthy' | 'undecided' | 'no-telemetry';
  /** The canary's requests since the step began. */
  readonly stepRequests: number;
  readonly evidence: readonly MetricEvidence[];
  readonly explanation: string;
}

export interface Command {
  readonly kind: 'command';
  readonly command: 'abort' | 'pause' | 'resume' | 'promote';
  readonly actor: string;
  readonly reason: string;
}

/** What the outside tells the machine. What does not belong to the phase is late or repeated, and ignored. */
export type RolloutInput =
  | Start
  | { readonly kind: 'stagingDeployed' }
  | { readonly kind: 'stagingFailed'; readonly reason: string }
  | { readonly kind: 'testsPassed'; readonly checks: readonly string[] }
  | { readonly kind: 'testsFailed'; readonly reason: string }
  | { readonly kind: 'migrationApplied'; readonly detail: string }
  | { readonly kind: 'migrationFailed'; readonly reason: string }
  | { readonly kind: 'workloadReady'; readonly endpoint: string }
  | { readonly kind: 'workloadFailed'; readonly reason: string }
  | { readonly kind: 'weightConfirmed'; readonly weightPercent: number }
  | Judged
  | Command
  | { readonly kind: 'retired'; readonly version: string }
  | { readonly kind: 'tick' };
