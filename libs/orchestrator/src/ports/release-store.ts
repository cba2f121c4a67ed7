import type { ReleaseId } from '@croupier/contracts';
import type { Decision, Effect, RolloutInput, RolloutState } from '@croupier/rollout';
import type { Lease } from './lease-store';

/** A release as stored: its folded state, and the routing snapshots that carry its traffic. */
export interface StoredRelease {
  readonly id: ReleaseId;
  readonly partition: number;
  /** Sequence of the timeline's last entry: rises with every change. */
  readonly revision: number;
  readonly state: RolloutState;
  /** The snapshot that first gave this version traffic; null before. */
  readonly firstRoutingVersion: number | null;
  /**
   * The snapshot that carries the present weights. Null until there is one, and again from a decision that changes traffic
   * until it is dealt.
   */
  readonly stepRoutingVersion: number | null;
}

export interface PendingEffect {
  readonly releaseId: ReleaseId;
  /** Effects of a release are performed in the order of these. */
  readonly sequence: number;
  readonly effect: Effect;
}

/** Something to tell a release, and the effect that this is the outcome of: told once, and not again once it is ticked off. */
export interface Telling {
  readonly releaseId: ReleaseId;
  /** Null when there is only an effect to tick off. */
  readonly input: RolloutInput | null;
  readonly doneEffect?: string;
}

/** What has become of a release by a telling. */
export interface Told {
  readonly release: StoredRelease;
  readonly decision: Decision;
  /** What the decision adds to do. */
  readonly effects: readonly PendingEffect[];
}

export interface Changes {
  /** Where to go on. */
  readonly cursor: string;
  /** Changed, finished ones included. */
  readonly releases: readonly StoredRelease[];
  /** All of the changed releases' effects that are not done. */
  readonly effects: readonly PendingEffect[];
}

/** Where a release would start, as it stands. */
export interface Ground {
  /** Where its version is certified, within the markets that it is for. */
  readonly markets: readonly string[];
  /** For markets that are added to a stable version: which version serves there now; null when none does. */
  readonly from: string | null;
}

/** Who is sent to a subject's versions. */
export interface DealtVersions {
  /** Those that any market's new sessions get. */
  readonly now: ReadonlySet<string>;
  /** Of the others, when that ended, in epoch milliseconds. */
  readonly until: ReadonlyMap<string, number>;
}

export interface ReleaseStore {
  /**
   * What has changed in these partitions at or after the cursor; with null, all that is not finished or has effects to be
   * performed. May repeat.
   */
  changes(partitions: readonly number[], cursor: string | null): Promise<Changes>;
  /**
   * In one transaction: locks each release, decides on its state as stored, appends the events, sends the messages, and
   * keeps the other effects to come. Rejects with StaleLease, and stores nothing, if a lease of theirs has a new holder.
   */
  tell(tellings: readonly Telling[], leases: readonly Lease[], now: number): Promise<readonly Told[]>;
  /**
   * In one transaction: deals by what the effects say, all in one new routing snapshot, and ticks them off. One that is
   * ticked off already, or that a later decision on the release's traffic has overtaken, deals nothing any more. Answers
   * the releases as they are then. Rejects with StaleLease as `tell` does.
   */
  route(effects: readonly PendingEffect[], leases: readonly Lease[]): Promise<readonly StoredRelease[]>;
  /** What is stable of each subject (`provider/game`); those without are left out. */
  stableVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Those of which nobody keeps certificates are left out. */
  grounds(releases: readonly ReleaseId[]): Promise<ReadonlyMap<ReleaseId, Ground>>;
  /** By subject; those without traffic are left out. */
  dealtVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, DealtVersions>>;
}
