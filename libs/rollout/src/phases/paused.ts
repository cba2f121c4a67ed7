import { type Decision, NOTHING, refuse } from '../decision';
import { rollBack } from '../endings/roll-back';
import { eventBase } from '../events/event-base';
import { exhausted } from '../exhausted';
import type { Command, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Paused } from '../state';
import { abort, confirmWeight, promoteByOperator, stopFailedWorkload } from './in-traffic';

/** The canary keeps its traffic, so it keeps its guards too. */
export function decidePaused(plan: ReleasePlan, phase: Paused, input: RolloutInput, now: number): Decision {
  const step = phase.resumeTo;
  switch (input.kind) {
    case 'judged': {
      if (input.verdict !== 'breached') return NOTHING;
      const { explanation, evidence } = input;
      return rollBack(plan, step, { cause: 'breach', reason: explanation, evidence }, now);
    }
    case 'weightConfirmed':
      return confirmWeight(plan, step, input.weightPercent, now);
    case 'workloadFailed':
      return stopFailedWorkload(plan, step, input.reason, now);
    case 'command':
      return obey(plan, phase, input, now);
    default:
      return NOTHING;
  }
}

function obey(plan: ReleasePlan, phase: Paused, command: Command, now: number): Decision {
  const step = phase.resumeTo;
  switch (command.command) {
    case 'abort':
      return abort(plan, step, command, now);
    case 'promote':
      return promoteByOperator(plan, command, now);
    case 'pause':
      return refuse(`cannot pause ${plan.version}: its rollout is paused already`);
    case 'resume':
      return resume(plan, phase, command, now);
    default:
      return exhausted(command.command);
  }
}

function resume(plan: ReleasePlan, { resumeTo }: Paused, { actor, reason }: Command, now: number): Decision {
  const deadlineMs = plan.steps[resumeTo.stepIndex]?.deadlineMs ?? 0;
  const { weightPercent } = resumeTo;
  return {
    events: [
      {
        ...eventBase('rollout.resumed', plan, now),
        weightPercent,
        reason,
        actor,
        deadlineAt: now + deadlineMs,
      },
    ],
    effects: [],
  };
}
