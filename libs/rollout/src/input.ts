import type { MetricEvidence } from '@croupier/contracts';

export interface Unmet {
  /** `provider/game` of the module. */
  readonly subject: string;
  /** SemVer range. */
  readonly range: string;
  /** What is stable of it; null when nothing is. */
  readonly present: string | null;
}

export interface Start {
  readonly kind: 'start';
  /** The subject's stable version at this moment; null when it has none. */
  readonly stableVersion: string | null;
  readonly unmet: readonly Unmet[];
  /** Where the version is certified at this moment; left out where nobody keeps certificates. */
  readonly markets?: readonly string[];
}

export interface Judged {
  readonly kind: 'judged';
  /** The step that was judged, so that a late or repeated verdict never counts for another one. */
  readonly stepIndex: number;
  readonly verdict: 'breached' | 'incident' | 'healthy' | 'undecided' | 'no-telemetry';
  /** The canary's requests since traffic or flags last changed. */
  readonly stepRequests: number;
  readonly evidence: readonly MetricEvidence[];
  readonly explanation: string;
}

export type CommandName =
  | 'abort'
  | 'pause'
  | 'resume'
  | 'promote'
  | 'skip'
  | 'approve'
  | 'reject'
  /** In an emergency: goes on without the approvals that lack. */
  | 'override';

export interface Command {
  readonly kind: 'command';
  readonly command: CommandName;
  /**
   * The step that the actor has seen, null before the first: so that a repeated skip or approval never counts for the
   * next step. Left out, the step under way is meant, whichever it is.
   */
  readonly stepIndex?: number | null;
  /** What the actor has seen and means to approve. Left out, it is what the release is of. */
  readonly digest?: string;
  readonly actor: string;
  readonly reason: string;
}

/** A time in which no traffic is given to anything new: a tournament, a jackpot, a weekend. */
export interface Freeze {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly until: number;
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
  | { readonly kind: 'previewPassed'; readonly checks: readonly string[] }
  | { readonly kind: 'previewFailed'; readonly reason: string }
  /** Every live gateway deals by what the step has set; null: by how the rollout has ended. */
  | { readonly kind: 'weightConfirmed'; readonly stepIndex: number | null }
  /** The flag is known to be on, or off. */
  | { readonly kind: 'flagSet'; readonly flag: string; readonly enabled: boolean }
  /** The freeze that holds now, or its end. */
  | { readonly kind: 'freeze'; readonly freeze: Freeze | null }
  | { readonly kind: 'superseded'; readonly byVersion: string }
  /** The version is served nowhere any more, whatever its release has come to. */
  | { readonly kind: 'revoked'; readonly reason: string }
  | Judged
  | Command
  /** `kept`: the workload goes on, because another release needs it. */
  | { readonly kind: 'retired'; readonly version: string; readonly kept?: boolean }
  | { readonly kind: 'tick' };
