import {
  PolicyStrategy,
  type AnalysisStep,
  type Look,
  type StepPlan,
  type Strategy,
} from '@croupier/contracts';
import { allAtOnceSteps, blueGreenSteps, canarySteps, CANARY_WEIGHTS, flagSteps } from '@croupier/rollout';
import type { ArtifactFacts, PlanDefaults } from './policy';

export type AnyStrategy = PolicyStrategy | { readonly kind: 'all-at-once' | 'rollback' };

export interface Course {
  readonly strategy: Strategy;
  readonly steps: StepPlan[];
}

type Canary = Extract<PolicyStrategy, { readonly kind: 'canary' }>;
type FullLook = PlanDefaults['look'];

const DEFAULT_CANARY: Canary = { kind: 'canary', weights: null, waves: [], look: {}, steps: null };

/** The strategy that a person asks for, or else the policy's. */
export function strategyFor(
  policy: PolicyStrategy | null,
  asked: Strategy | undefined,
  { stableVersion }: ArtifactFacts,
): AnyStrategy {
  const own = policy ?? DEFAULT_CANARY;
  if (asked === 'all-at-once' || asked === 'rollback') return { kind: asked };
  if (asked !== undefined && asked !== own.kind) return PolicyStrategy.parse({ kind: asked, look: own.look });
  // With nothing stable there is nothing to turn flags on for: by policy, the first version is deployed.
  const isTooEarly = own.kind === 'flag' && stableVersion === null && asked === undefined;
  return isTooEarly ? { ...DEFAULT_CANARY, look: own.look } : own;
}

/** The steps of a strategy for one version. A flag without flags to turn on is a course without steps. */
export function courseOf(strategy: AnyStrategy, facts: ArtifactFacts, defaults: PlanDefaults): Course {
  switch (strategy.kind) {
    case 'canary': {
      const steps = stepsOfCanary(strategy, facts, defaults);
      return { strategy: 'canary', steps: mirrored(steps, strategy.mirrorPercent) };
    }
    case 'blue-green':
      return { strategy: 'blue-green', steps: blueGreenSteps(lookOf(strategy.look, defaults), strategy) };
    case 'flag': {
      const flags = [...new Set(facts.flags)];
      return { strategy: 'flag', steps: flagSteps(lookOf(strategy.look, defaults), flags) };
    }
    case 'all-at-once':
    case 'rollback':
      return { strategy: strategy.kind, steps: allAtOnceSteps() };
  }
}

function stepsOfCanary(
  { steps, weights, waves, look }: Canary,
  facts: ArtifactFacts,
  defaults: PlanDefaults,
): StepPlan[] {
  if (steps !== null) return steps;
  const { markets } = facts;
  const full = lookOf(look, defaults);
  if (markets === null) return canarySteps(full, weights ?? CANARY_WEIGHTS, waves);
  // A wave of markets where the version is not certified would wait for traffic that never comes.
  const certified = waves
    .map((wave) => wave.filter((market) => markets.includes(market)))
    .filter(({ length }) => length > 0);
  const all = canarySteps(full, weights ?? CANARY_WEIGHTS, certified);
  const isForAll = certified.length > 0 && markets.every((market) => certified.flat().includes(market));
  return isForAll ? withoutTheRest(all) : all;
}

/** The first weight has the copies, too. */
function mirrored(steps: StepPlan[], mirrorPercent: number | undefined): StepPlan[] {
  const [first, ...rest] = steps;
  if (mirrorPercent === undefined || first?.kind !== 'setWeight') return steps;
  return [{ ...first, mirrorPercent }, ...rest];
}

/** The waves have reached every player: what is left to do is to say so. */
function withoutTheRest(steps: readonly StepPlan[]): StepPlan[] {
  const waves = steps.slice(
    0,
    steps.findIndex((step) => step.kind === 'setWeight' && step.markets === null),
  );
  return [...waves, ...allAtOnceSteps()];
}

function lookOf(look: Look, defaults: PlanDefaults): FullLook {
  return {
    minDurationMs: look.minDurationMs ?? defaults.look.minDurationMs,
    minRequests: look.minRequests ?? defaults.look.minRequests,
    deadlineMs: look.deadlineMs ?? defaults.look.deadlineMs,
    onDeadline: look.onDeadline ?? defaults.look.onDeadline,
  } satisfies Partial<AnalysisStep>;
}
