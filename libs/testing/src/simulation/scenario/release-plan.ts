import type {
  AnalysisPlan,
  AnalysisStep,
  ReleaseId,
  Requirement,
  StepPlan,
  Strategy,
} from '@croupier/contracts';
import { allAtOnceSteps, blueGreenSteps, canarySteps, flagSteps, type ReleasePlan } from '@croupier/rollout';
import type { Random } from '../clockwork/random';
import { NULL_RATES, type GameVersion } from './game-version';

type Look = Pick<AnalysisStep, 'minDurationMs' | 'minRequests' | 'deadlineMs'>;

/** A release of the version, with every strategy, step and mode there is. */
export function drawPlan(
  random: Random,
  releaseId: ReleaseId,
  { provider, game, version, digest }: GameVersion,
  strategy: Strategy,
  modules: readonly string[],
): ReleasePlan {
  return {
    releaseId,
    provider,
    game,
    version,
    digest,
    stableVersion: null,
    strategy,
    steps: withPauses(random, drawSteps(random, releaseId, strategy), strategy),
    analysis: drawAnalysis(random),
    approvalsRequired: strategy !== 'all-at-once' && random.chance(0.15) ? random.between(1, 2) : 0,
    requires: drawRequirements(random, modules),
    whenUnmet: random.pick(['wait', 'wait', 'refuse']),
    superseding: random.pick(['never', 'never', 'queued', 'active']),
    progressDeadlineMs: random.chance(0.2) ? random.between(6_000, 12_000) : null,
    drainMs: random.between(1_500, 4_000),
    effectDeadlineMs: random.between(5_000, 9_000),
  };
}

export function drawStrategy(random: Random): Strategy {
  return random.pick([
    ...(['canary', 'canary', 'canary', 'canary', 'canary'] as const),
    ...(['blue-green', 'blue-green', 'flag', 'all-at-once'] as const),
  ]);
}

function drawSteps(random: Random, releaseId: ReleaseId, strategy: Strategy): StepPlan[] {
  const look: Look = {
    minDurationMs: random.chance(0.75) ? random.between(0, 1_200) : random.between(3_000, 5_000),
    minRequests: random.between(10, 150),
    deadlineMs: random.between(6_000, 9_000),
  };
  switch (strategy) {
    case 'canary': {
      const weights = random.pick([[100], [20, 100], [5, 50, 100], [10, 30, 100]]);
      const waves = random.chance(0.25) ? [random.pick([['MT'], ['SE', 'US-NJ']])] : [];
      return varied(random, releaseId, canarySteps(look, weights, waves)).map((step) =>
        overridden(random, step),
      );
    }
    case 'blue-green':
      return blueGreenSteps(look, { approval: random.chance(0.2) });
    case 'flag':
      return flagSteps(look, flagsOf(random, releaseId));
    case 'all-at-once':
      return allAtOnceSteps();
    case 'rollback':
      return random.chance(0.5) ? allAtOnceSteps() : canarySteps(look, [50, 100]);
  }
}

function overridden(random: Random, step: StepPlan): StepPlan {
  if (step.kind !== 'analysis' || random.chance(0.8)) return step;
  const onDeadline = random.pick(['hold', 'roll-back'] as const);
  return { ...step, onDeadline, nullRates: random.chance(0.3) ? { errors: NULL_RATES.errors * 0.9 } : {} };
}

/** Weights that follow each other unjudged, analyses in a row, a flag on the way: all that a plan may have. */
function varied(random: Random, releaseId: ReleaseId, steps: StepPlan[]): StepPlan[] {
  const flags = random.chance(0.12) ? flagsOf(random, releaseId) : [];
  return steps.flatMap((step): StepPlan[] => {
    if (step.kind !== 'analysis') return [step];
    const flag = flags.pop();
    const set: StepPlan[] = flag === undefined ? [] : [{ kind: 'setFlag', flag, enabled: true }];
    if (random.chance(0.85)) return [...set, step];
    return random.chance(0.6) ? set : [...set, step, step];
  });
}

function flagsOf(random: Random, releaseId: ReleaseId): string[] {
  const flags = ['bonus', 'jackpot'].map((name) => `${name}-${releaseId.slice(0, 8)}`);
  return random.chance(0.6) ? flags.slice(0, 1) : flags;
}

function withPauses(random: Random, steps: StepPlan[], strategy: Strategy): StepPlan[] {
  if (strategy === 'all-at-once' || random.chance(0.75)) return steps;
  const durationMs = random.chance(0.6) ? random.between(200, 2_000) : null;
  const place = random.between(0, steps.length);
  return [...steps.slice(0, place), { kind: 'pause', durationMs }, ...steps.slice(place)];
}

function drawAnalysis(random: Random): AnalysisPlan {
  const gateway = (name: 'errors' | 'slow'): AnalysisPlan['metrics'][number] => ({
    name,
    nullRate: NULL_RATES[name],
    margin: null,
    source: { kind: 'gateway', failures: name },
  });
  const deposits = {
    name: 'deposits',
    nullRate: NULL_RATES.deposits,
    margin: null,
    source: { kind: 'webhook' },
  } as const;
  return {
    metrics: [gateway('errors'), gateway('slow'), ...(random.chance(0.2) ? [deposits] : [])],
    alpha: 0.001,
    beta: 0.05,
    budget: {
      failedRequests: random.chance(0.1) ? random.between(20, 200) : null,
      playersTouched: random.chance(0.05) ? random.between(200, 5_000) : null,
    },
  };
}

function drawRequirements(random: Random, modules: readonly string[]): Requirement[] {
  if (modules.length === 0 || random.chance(0.75)) return [];
  return [
    {
      subject: random.pick(modules) as Requirement['subject'],
      range: random.pick(['>=1.0.0', '>=1.1.0', '^1.2.0']),
    },
  ];
}
