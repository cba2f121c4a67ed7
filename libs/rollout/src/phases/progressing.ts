import { type Decision, NOTHING, refuse } from '../decision';
import { rollBack } from '../endings/roll-back';
import { eventBase } from '../events/event-base';
import { exhausted } from '../exhausted';
import type { Command, Judged, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Progressing, RolloutState } from '../state';
import {
  approveStep,
  missingToPass,
  overrideStep,
  passAnalysis,
  passStep,
  previewFinding,
  skipStep,
} from '../steps/pass-step';
import { highestWeight } from '../steps/weights';
import { type HoldFinding, holdAtDeadline } from './hold';
import { approvalFault, digestFault } from './approval-fault';
import { confirm, inTraffic, promoteByOrder, waitsForPeople } from './in-traffic';

export function decideProgressing(
  state: RolloutState,
  phase: Progressing,
  input: RolloutInput,
  now: number,
): Decision {
  switch (input.kind) {
    case 'judged':
      return judge(state, phase, input, now);
    case 'weightConfirmed':
    case 'flagSet':
      return confirm(state, phase, input, now, { paused: false });
    case 'previewPassed':
      if (!isAt(state, phase, 'preview')) return NOTHING;
      return passStep(state, phase, previewFinding(input.checks), now);
    case 'command':
      return obey(state, phase, input, now);
    case 'tick':
      return tick(state, phase, now);
    default:
      return inTraffic(state.plan, phase, input, now);
  }
}

function judge(state: RolloutState, phase: Progressing, judged: Judged, now: number): Decision {
  const { explanation, evidence, stepRequests: requests, verdict, stepIndex } = judged;
  if (verdict === 'breached' || verdict === 'incident') return inTraffic(state.plan, phase, judged, now);
  if (stepIndex !== phase.stepIndex || !isAt(state, phase, 'analysis')) return NOTHING;
  if (verdict !== 'healthy') return unfinished(state.plan, phase, { explanation, evidence, requests }, now);
  const missing = missingToPass(state, phase, requests, now);
  if (missing === null) return passAnalysis(state, phase, judged, now);
  return unfinished(state.plan, phase, { explanation: `healthy, but ${missing}`, evidence, requests }, now);
}

function obey(state: RolloutState, phase: Progressing, command: Command, now: number): Decision {
  const { version } = state.plan;
  const over = command.stepIndex !== undefined && command.stepIndex !== phase.stepIndex;
  if (over && isOfStep(command))
    return refuse(`cannot ${command.command} ${version}: its rollout is in step ${phase.stepIndex + 1}`);
  switch (command.command) {
    case 'abort':
      return inTraffic(state.plan, phase, command, now);
    case 'promote':
      return promoteByOrder(state.plan, phase, command, now);
    case 'pause': {
      const { actor, reason } = command;
      const weightPercent = highestWeight(phase.weights);
      return {
        events: [{ ...eventBase('rollout.paused', state.plan, now), weightPercent, reason, actor }],
        effects: [],
      };
    }
    case 'skip':
      if (phase.passed)
        return refuse(`cannot skip a step of ${version}: it has passed, and waits for the end of a freeze`);
      if (waitsForPeople(state.plan, phase))
        return refuse(`cannot skip a step of ${version}: it waits for an approval; approve or override it`);
      return skipStep(state, phase, command, now);
    case 'approve':
      if (!isAt(state, phase, 'pause'))
        return refuse(`cannot approve ${version}: its rollout waits for no approval`);
      return approve(state, phase, command, now);
    case 'override':
      if (!waitsForPeople(state.plan, phase))
        return refuse(`cannot override the approval of ${version}: its rollout waits for none`);
      return override(state, phase, command, now);
    case 'reject':
      if (!isAt(state, phase, 'pause'))
        return refuse(`cannot reject ${version}: its rollout waits for no approval`);
      return inTraffic(state.plan, phase, { ...command, command: 'abort' }, now);
    case 'resume':
      return refuse(`cannot resume ${version}: its rollout is not paused`);
    default:
      return exhausted(command.command);
  }
}

function isOfStep({ command }: Command): boolean {
  return ['skip', 'approve', 'reject', 'override'].includes(command);
}

function approve(state: RolloutState, phase: Progressing, command: Command, now: number): Decision {
  const fault = approvalFault(state.plan, command);
  if (fault !== null) return refuse(`cannot approve ${state.plan.version}: ${fault}`);
  return approveStep(state, phase, command, now);
}

function override(state: RolloutState, phase: Progressing, command: Command, now: number): Decision {
  const fault = digestFault(state.plan, command.digest);
  if (fault !== null) return refuse(`cannot override the approval of ${state.plan.version}: ${fault}`);
  return overrideStep(state, phase, command, now);
}

function tick(state: RolloutState, phase: Progressing, now: number): Decision {
  if (phase.passed) return NOTHING;
  const silent = { explanation: silence(state, phase), evidence: [], requests: null };
  if (!isAt(state, phase, 'pause')) return unfinished(state.plan, phase, silent, now);
  if (phase.deadlineAt === null || now < phase.deadlineAt) return NOTHING;
  return passStep(state, phase, { requests: null, evidence: [], explanation: 'the pause is over' }, now);
}

/** What lacks for the step to pass ends the rollout, or is told, once its time is over. */
function unfinished(plan: ReleasePlan, phase: Progressing, finding: HoldFinding, now: number): Decision {
  if (phase.rollBackAt === null || now < phase.rollBackAt) return holdAtDeadline(plan, phase, finding, now);
  const reason = `step ${phase.stepIndex + 1} has not passed in its time: ${finding.explanation}`;
  return rollBack(plan, phase, { cause: 'deadline', reason }, now);
}

/** Whether the step under way, not passed yet, is of this kind. */
function isAt({ plan }: RolloutState, phase: Progressing, kind: string): boolean {
  return !phase.passed && plan.steps[phase.stepIndex]?.kind === kind;
}

function silence({ plan }: RolloutState, phase: Progressing): string {
  const step = plan.steps[phase.stepIndex];
  switch (step?.kind) {
    case 'setWeight':
      return 'not every live gateway has confirmed the weight';
    case 'setFlag':
      return `the flag ${step.flag} is not known to be set`;
    case 'preview':
      return 'the checks without traffic have not ended';
    default:
      return 'there is no verdict on the step';
  }
}
