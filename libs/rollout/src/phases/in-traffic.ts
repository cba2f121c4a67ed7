import type { StepPlan } from '@croupier/contracts';
import { type Decision, NOTHING, refuse } from '../decision';
import { promote } from '../endings/promote';
import { rollBack } from '../endings/roll-back';
import { eventBase } from '../events/event-base';
import type { Command, Judged, RolloutInput } from '../input';
import type { ReleasePlan } from '../plan';
import type { Progressing, RolloutState } from '../state';
import { goOn } from '../steps/pass-step';
import { highestWeight } from '../steps/weights';

/** An incident is told again, with evidence gathered anew, at the earliest after this. */
const INCIDENT_QUIET_MS = 10_000;

/** What holds for a version in traffic, whether its rollout goes on or is paused. */
export function inTraffic(plan: ReleasePlan, step: Progressing, input: RolloutInput, now: number): Decision {
  switch (input.kind) {
    case 'judged':
      return judge(plan, step, input, now);
    case 'workloadFailed': {
      const reason = `the workload failed: ${input.reason}`;
      const told = { ...eventBase('workload.failed', plan, now), reason: input.reason };
      const ending = rollBack(plan, step, { cause: 'workload-failed', reason }, now);
      return { ...ending, events: [told, ...ending.events] };
    }
    case 'previewFailed': {
      if (plan.steps[step.stepIndex]?.kind !== 'preview') return NOTHING;
      return rollBack(plan, step, { cause: 'preview-failed', reason: input.reason }, now);
    }
    case 'superseded': {
      const reason = `it is superseded by ${input.byVersion}`;
      return rollBack(plan, step, { cause: 'superseded', reason }, now);
    }
    case 'revoked': {
      const reason = `it is revoked: ${input.reason}`;
      return rollBack(plan, step, { cause: 'revoked', reason }, now);
    }
    case 'command': {
      const { actor, reason } = input;
      if (input.command === 'abort') return rollBack(plan, step, { cause: 'operator', reason, actor }, now);
      return NOTHING;
    }
    default:
      return NOTHING;
  }
}

/** The statistics may be overruled, the other person may not: an approval that is still to come has to be given. */
export function promoteByOrder(
  plan: ReleasePlan,
  step: Progressing,
  command: Command,
  now: number,
): Decision {
  if (waitsForPeople(plan, step) || plan.steps.slice(step.stepIndex + 1).some(isApproval))
    return refuse(
      `cannot promote ${plan.version}: an approval is still to come; approve or override it there`,
    );
  const { actor, reason } = command;
  return promote(plan, { cause: 'operator', reason, actor }, now);
}

/** Whether the step under way is an approval that nobody has given yet. */
export function waitsForPeople(plan: ReleasePlan, { passed, stepIndex }: Progressing): boolean {
  const step = plan.steps[stepIndex];
  return !passed && step !== undefined && isApproval(step);
}

function isApproval(step: StepPlan): boolean {
  return step.kind === 'pause' && step.durationMs === null;
}

function judge(plan: ReleasePlan, step: Progressing, judged: Judged, now: number): Decision {
  const { explanation, evidence } = judged;
  // Whatever the step: the evidence is against the version.
  if (judged.verdict === 'breached')
    return rollBack(plan, step, { cause: 'breach', reason: explanation, evidence }, now);
  if (judged.verdict !== 'incident') return NOTHING;
  if (step.incidentAt !== null && now < step.incidentAt + INCIDENT_QUIET_MS) return NOTHING;
  return {
    events: [
      {
        ...eventBase('rollout.incident', plan, now),
        weightPercent: highestWeight(step.weights),
        explanation,
        evidence,
      },
    ],
    effects: [],
  };
}

type Confirmation = Extract<RolloutInput, { readonly kind: 'weightConfirmed' | 'flagSet' }>;

/** A confirmation of another step is late, a second one is repeated. A paused rollout goes on only when resumed. */
export function confirm(
  state: RolloutState,
  phase: Progressing,
  input: Confirmation,
  now: number,
  { paused }: { readonly paused: boolean },
): Decision {
  const step = state.plan.steps[phase.stepIndex];
  if (phase.stepStartedAt !== null) return NOTHING;
  const told =
    input.kind === 'weightConfirmed'
      ? step?.kind === 'setWeight' &&
        input.stepIndex === phase.stepIndex && {
          ...eventBase('weight.confirmed', state.plan, now),
          weightPercent: highestWeight(phase.weights),
        }
      : step?.kind === 'setFlag' &&
        input.flag === step.flag &&
        input.enabled === step.enabled && {
          ...eventBase('flag.set', state.plan, now),
          flag: step.flag,
          enabled: step.enabled,
        };
  if (!told) return NOTHING;
  return paused ? { events: [told], effects: [] } : goOn(state, phase, told, now);
}
