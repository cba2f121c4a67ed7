import { explain, judge, type JudgePolicy } from '@croupier/analysis';
import type { StepPlan } from '@croupier/contracts';
import { currentStep, type ReleasePlan, type RolloutInput } from '@croupier/rollout';
import type { StoredRelease } from '../ports/release-store';
import type { ReleaseTallies } from '../telemetry/release-tallies';
import { ruleOf } from './metric-rule';

type Judged = Extract<RolloutInput, { readonly kind: 'judged' }>;

/** Sessions dealt to a version that then answers nothing at all: it is not silent for want of players. */
const SILENT_AFTER_LAUNCHES = 20;

/** A verdict on the step under way, from all that has been counted; null for a release without traffic. */
export function judgementOf(release: StoredRelease, tallies: ReleaseTallies): Judged | null {
  const { plan } = release.state;
  const step = currentStep(release.state);
  if (step === null) return null;
  const { rollout } = tallies;
  const verdict = judge(policyOf(plan, plan.steps[step.stepIndex]), tallies.metrics, {
    failedRequests: rollout.errors,
    playersTouched: rollout.launches,
  });
  const stepRequests = Math.max(
    tallies.step.requests,
    ...Object.values(tallies.metrics).map((metric) => metric.step.trials),
  );
  const judged = {
    kind: 'judged',
    stepIndex: step.stepIndex,
    stepRequests,
    evidence: verdict.metrics,
  } as const;
  if (verdict.kind === 'breached') return { ...judged, verdict: 'breached', explanation: explain(verdict) };
  if (stepRequests > 0) return { ...judged, verdict: verdict.kind, explanation: explain(verdict) };
  if (rollout.requests === 0 && rollout.launches >= SILENT_AFTER_LAUNCHES) {
    const explanation = `${rollout.launches} sessions were dealt to it, and it answered no request`;
    return { ...judged, verdict: 'breached', explanation };
  }
  return { ...judged, verdict: 'no-telemetry', explanation: 'no request of this version has been reported' };
}

/** No gateway is alive: a breach still counts, health does not. */
export function withoutGateways(judged: Judged): Judged {
  if (judged.verdict === 'breached') return judged;
  return { ...judged, verdict: 'no-telemetry', explanation: 'no gateway reports' };
}

function policyOf({ analysis }: ReleasePlan, step: StepPlan | undefined): JudgePolicy {
  const nullRates = step?.kind === 'analysis' ? step.nullRates : {};
  const { failedRequests, playersTouched } = analysis.budget;
  return {
    metrics: analysis.metrics.map((metric) => ruleOf(metric, nullRates)),
    alpha: analysis.alpha,
    beta: analysis.beta,
    budget: { failedRequests: failedRequests ?? undefined, playersTouched: playersTouched ?? undefined },
  };
}
