import { type Decision, NOTHING, refuse } from '../decision';
import { eventBase } from '../events/event-base';
import { exhausted } from '../exhausted';
import type { Command, RolloutInput } from '../input';
import type { Paused, RolloutState } from '../state';
import { deadlineOf, rollBackAtOf } from '../steps/enter-step';
import { enterNext, previewFinding, stepPassed } from '../steps/pass-step';
import { highestWeight } from '../steps/weights';
import { confirm, inTraffic, promoteByOrder } from './in-traffic';

/** The canary keeps its traffic, so it keeps its guards too. */
export function decidePaused(state: RolloutState, phase: Paused, input: RolloutInput, now: number): Decision {
  const step = phase.resumeTo;
  switch (input.kind) {
    case 'weightConfirmed':
    case 'flagSet':
      return confirm(state, step, input, now, { paused: true });
    case 'previewPassed': {
      if (step.passed || state.plan.steps[step.stepIndex]?.kind !== 'preview') return NOTHING;
      return { events: [stepPassed(state, step, previewFinding(input.checks), now)], effects: [] };
    }
    case 'command':
      return obey(state, phase, input, now);
    default:
      return inTraffic(state.plan, step, input, now);
  }
}

function obey(state: RolloutState, phase: Paused, command: Command, now: number): Decision {
  const { version } = state.plan;
  switch (command.command) {
    case 'abort':
      return inTraffic(state.plan, phase.resumeTo, command, now);
    case 'promote':
      return promoteByOrder(state.plan, phase.resumeTo, command, now);
    case 'pause':
      return refuse(`cannot pause ${version}: its rollout is paused already`);
    case 'skip':
    case 'approve':
    case 'reject':
    case 'override':
      return refuse(`cannot ${command.command} ${version}: its rollout is paused; resume it first`);
    case 'resume':
      return resume(state, phase, command, now);
    default:
      return exhausted(command.command);
  }
}

/** The step has its whole time again; one that was done meanwhile is left behind. */
function resume(
  state: RolloutState,
  { resumeTo }: Paused,
  { actor, reason }: Command,
  now: number,
): Decision {
  const { plan } = state;
  const step = plan.steps[resumeTo.stepIndex];
  const resumed = {
    ...eventBase('rollout.resumed', plan, now),
    weightPercent: highestWeight(resumeTo.weights),
    reason,
    actor,
    deadlineAt: step === undefined ? null : deadlineOf(plan, step, now),
    rollBackAt: step === undefined ? null : rollBackAtOf(plan, step, now),
  };
  if (!resumeTo.passed) return { events: [resumed], effects: [] };
  const next = enterNext(state, resumeTo, now);
  return { ...next, events: [resumed, ...next.events] };
}
