import type { ReleasePlan } from '@croupier/rollout';
import type { Outcome } from './durations';
import type { Judged } from './judged-rates';

export interface EndedRelease {
  readonly plan: ReleasePlan;
  readonly outcome: Outcome;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly judged: Judged | null;
}

const KEPT = 50;

/** The last releases that this replica has seen to their end, the latest first. */
export class EndedReleases {
  private readonly ended: EndedRelease[] = [];

  add(release: EndedRelease): void {
    const again = this.ended.findIndex(({ plan }) => sameVersion(plan, release.plan));
    if (again >= 0) this.ended.splice(again, 1);
    this.ended.unshift(release);
    this.ended.length = Math.min(this.ended.length, KEPT);
  }

  all(): readonly EndedRelease[] {
    return this.ended;
  }
}

/** A later attempt takes the place of the one before: two series with the same labels are one too many. */
function sameVersion(one: ReleasePlan, other: ReleasePlan): boolean {
  return one.provider === other.provider && one.game === other.game && one.version === other.version;
}
