import { type Decision, NOTHING } from '../decision';
import { retireWorkload } from '../effect';
import { eventBase } from '../events/event-base';
import type { RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Promoted, RolledBack } from '../state';

/**
 * Stops the workload that lost its traffic, once its open sessions have had their time. A gateway that has not heard of
 * the end yet begins new ones, so the time counts from when every live gateway has.
 */
export function decideDrain(
  plan: ReleasePlan,
  phase: Promoted | RolledBack,
  workloadVersion: string | null,
  input: RolloutInput,
  now: number,
): Decision {
  if (workloadVersion === null || phase.retired) return NOTHING;
  switch (input.kind) {
    case 'weightConfirmed': {
      if (input.stepIndex !== null || phase.switchedAt !== null) return NOTHING;
      const weightPercent = phase.kind === 'promoted' ? 100 : 0;
      return { events: [{ ...eventBase('weight.confirmed', plan, now), weightPercent }], effects: [] };
    }
    case 'tick':
      if (phase.retireRequested || now < (drainedAt(plan, phase) ?? Infinity)) return NOTHING;
      return {
        events: [{ ...eventBase('workload.retiring', plan, now), workloadVersion }],
        effects: [retireWorkload(plan, workloadVersion)],
      };
    case 'retired':
      if (!phase.retireRequested || input.version !== workloadVersion) return NOTHING;
      return {
        events: [{ ...eventBase('workload.retired', plan, now), workloadVersion, kept: input.kept === true }],
        effects: [],
      };
    default:
      return NOTHING;
  }
}

/** When the drain is over; null while it has not begun. */
export function drainedAt({ drainMs }: ReleasePlan, { switchedAt }: Promoted | RolledBack): number | null {
  return switchedAt === null ? null : switchedAt + drainMs;
}
