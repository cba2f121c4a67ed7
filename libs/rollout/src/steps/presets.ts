import type { AnalysisStep, StepPlan } from '@croupier/contracts';

/** Shares of a canary, in percent. */
export const CANARY_WEIGHTS = [5, 10, 25, 50, 100] as const;

type Looked = Pick<AnalysisStep, 'minDurationMs' | 'minRequests' | 'deadlineMs'>;

export function analysis(look: Looked, overrides: Partial<AnalysisStep> = {}): AnalysisStep {
  return { kind: 'analysis', onDeadline: 'hold', nullRates: {}, ...look, ...overrides };
}

/** Each weight, and an analysis after each; with waves, market group by market group, and all the others at the end. */
export function canarySteps(
  look: Looked,
  weights: readonly number[] = CANARY_WEIGHTS,
  waves: readonly string[][] = [],
): StepPlan[] {
  return [...waves, null].flatMap((markets) =>
    weights.flatMap((weightPercent): StepPlan[] => [
      { kind: 'setWeight', weightPercent, markets },
      analysis(look),
    ]),
  );
}

/** Green is checked without traffic, gets all of it at once, and is judged by it; blue is kept meanwhile. */
export function blueGreenSteps(look: Looked, { approval }: { readonly approval: boolean }): StepPlan[] {
  return [
    { kind: 'preview' },
    ...(approval ? [{ kind: 'pause', durationMs: null } as const] : []),
    { kind: 'setWeight', weightPercent: 100, markets: null },
    analysis(look),
  ];
}

/** Each flag is turned on and judged before the next. */
export function flagSteps(look: Looked, flags: readonly string[]): StepPlan[] {
  return flags.flatMap((flag): StepPlan[] => [{ kind: 'setFlag', flag, enabled: true }, analysis(look)]);
}

export function allAtOnceSteps(): StepPlan[] {
  return [{ kind: 'setWeight', weightPercent: 100, markets: null }];
}
