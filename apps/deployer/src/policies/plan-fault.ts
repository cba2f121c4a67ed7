import type { PlanView, ReleaseId, StepPlan } from '@croupier/contracts';
import { queueRelease } from '@croupier/rollout';
import type { ArtifactFacts } from './policy';

/** Nothing of a plan's soundness depends on these. */
const IDENTITY = {
  releaseId: '00000000-0000-0000-0000-000000000000' as ReleaseId,
  digest: '0'.repeat(64),
};

/** The first reason why a release could not follow these terms, or null. */
export function faultOfTerms(
  terms: PlanView,
  { provider, game, version, flags }: ArtifactFacts,
): string | null {
  if (terms.strategy === 'flag') {
    if (terms.stableVersion === null) return 'there is no stable version whose flags could be turned on';
    if (flags.length === 0) return 'it names no flag to turn on';
  }
  const names = terms.analysis.metrics.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) return `analysis.metrics: ${repeated} is there twice`;
  return (
    unknownMetric(terms.steps, names) ??
    queueRelease({ ...IDENTITY, provider, game, version, ...terms }, 0).refusal?.reason ??
    null
  );
}

function unknownMetric(steps: readonly StepPlan[], names: readonly string[]): string | null {
  for (const [index, step] of steps.entries()) {
    const rates = step.kind === 'analysis' ? Object.keys(step.nullRates) : [];
    const unknown = rates.find((name) => !names.includes(name));
    if (unknown !== undefined)
      return `steps[${index}]: nullRates names ${unknown}, which is no metric of the analysis`;
  }
  return null;
}
