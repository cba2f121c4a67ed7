import type { Freeze, ReleasePlan } from '@croupier/rollout';

export interface FreezeCalendar {
  /** The freeze that holds for a release at this moment, or null. */
  freezeOf(plan: ReleasePlan, now: number): Freeze | null;
}
