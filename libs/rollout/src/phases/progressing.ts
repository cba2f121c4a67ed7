import { type Decision, NOTHING, refuse } from '../decision';
import { rollBack } from '../endings/roll-back';
import { eventBase } from '../events/event-base';
import { exhausted } from '../exhausted';
import type { Command, Judged, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Progressing } from '../state';
import { abort, confirmWeight, promoteByOperator, stopFailedWorkload } from './in-traffic';
import { holdAtDeadline } from './hold';
import { missingToPass, passStep } from './pass-step';

export function decideProgressing(
  plan: ReleasePlan,
  phase: Progressing,
  input: RolloutInput,
  now: number,
): Decision {
  switch (input.kind) {
    case 'judged':
      return judge(plan, phase, input, now);
    case 'weightConfirmed':
      return confirmWeight(plan, phase, input.weightPercent, now);
    case 'workloadFailed':
      return stopFailedWorkload(plan, phase, input.reason, now);
    case 'command':
      return obey(plan, phase, input, now);
    case 'tick':
      return holdAtDeadline(plan, phase, { explanation: silence(phase), evidence: [], requests: null }, now);
    default:
      return NOTHING;
  }
}

function judge(plan: ReleasePlan, phase: Progressing, judged: Judged, now: number): Decision {
  const { explanation, evidence, stepRequests: requests } = judged;
  switch (judged.verdict) {
    case 'breached':
      // Whatever the step: the evidence is against the version.
      return rollBack(plan, phase, { cause: 'breach', reason: explanation, evidence }, now);
    case 'healthy': {
      if (judged.stepIndex !== phase.stepIndex) return NOTHING;
      const missing = missingToPass(plan, phase, requests, now);
      if (missing === null) return passStep(plan, phase, judged, now);
      return holdAtDeadline(plan, phase, { explanation: `healthy, but ${missing}`, evidence, requests }, now);
    }
    case 'undecided':
    case 'no-telemetry':
      if (judged.stepIndex !== phase.stepIndex) return NOTHING;
      return holdAtDeadline(plan, phase, { explanation, evidence, requests }, now);
    default:
      return exhausted(judged.verdict);
  }
}

function obey(plan: ReleasePlan, phase: Progressing, command: Command, now: number): Decision {
  switch (command.command) {
    case 'abort':
      return abort(plan, phase, command, now);
    case 'promote':
      return promoteByOperator(plan, command, now);
    case 'pause': {
      const { actor, reason } = command;
      const { weightPercent } = phase;
      return {
        events: [{ ...eventBase('rollout.paused', plan, now), weightPercent, reason, actor }],
        effects: [],
      };
    }
    case 'resume':
      return refuse(`cannot resume ${plan.version}: its rollout is not paused`);
    default:
      return exhausted(command.command);
  }
}

function silence(phase: Progressing): string {
  return phase.stepStartedAt === null
    ? 'not every live gateway has confirmed the weight'
    : 'there is no verdict on the step';
}
