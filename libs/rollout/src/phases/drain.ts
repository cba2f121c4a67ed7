import { type Decision, NOTHING } from '../decision';
import { retireWorkload } from '../effect';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Promoted, RolledBack } from '../state';

/** Stops the workload that lost its traffic, once its open sessions have had their time. */
export function decideDrain(
  plan: ReleasePlan,
  phase: Promoted | RolledBack,
  workloadVersion: string | null,
  input: RolloutInput,
  now: number,
): Decision {
  if (workloadVersion === null || phase.retired) return NOTHING;
  switch (input.kind) {
    case 'tick':
      if (phase.retireRequested || now < phase.drainUntil) return NOTHING;
      return {
        events: [{ ...eventBase('workload.retiring', plan, now), workloadVersion }],
        effects: [retireWorkload(plan, workloadVersion)],
      };
    case 'retired':
      if (!phase.retireRequested || input.version !== workloadVersion) return NOTHING;
      return { events: [{ ...eventBase('workload.retired', plan, now), workloadVersion }], effects: [] };
    default:
      return NOTHING;
  }
}
