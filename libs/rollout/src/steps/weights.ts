import type { SetWeightStep } from '@croupier/contracts';

/** Shares of new sessions in percent: a market's own, or else that of all others. */
export interface Weights {
  readonly elsewhere: number;
  readonly markets: Readonly<Record<string, number>>;
  /** Players elsewhere, beside those, whose requests to stable are copied; absent for none. */
  readonly mirrorPercent?: number;
}

export const NO_WEIGHT: Weights = { elsewhere: 0, markets: {} };

/** The weights once the step has set its own. */
export function withStep(
  weights: Weights,
  { weightPercent, markets, mirrorPercent }: SetWeightStep,
): Weights {
  if (markets !== null) {
    const raised = Object.fromEntries(markets.map((market) => [market, weightPercent]));
    return { elsewhere: weights.elsewhere, markets: { ...weights.markets, ...raised } };
  }
  // A market that a wave has brought further keeps what it has: players never move back.
  const further = Object.entries(weights.markets).filter(([, percent]) => percent > weightPercent);
  return {
    elsewhere: weightPercent,
    markets: Object.fromEntries(further),
    ...(mirrorPercent !== undefined && { mirrorPercent }),
  };
}

/** The largest share that any market has. */
export function highestWeight({ elsewhere, markets }: Weights): number {
  return Math.max(elsewhere, ...Object.values(markets));
}

export function isEverywhere({ elsewhere, markets }: Weights): boolean {
  return elsewhere === 100 && Object.values(markets).every((percent) => percent === 100);
}

/** The share that the step raises. */
export function weightBefore(weights: Weights, { markets }: SetWeightStep): number {
  if (markets === null) return weights.elsewhere;
  return Math.max(...markets.map((market) => weights.markets[market] ?? weights.elsewhere));
}
