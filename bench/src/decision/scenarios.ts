import { LIMITS } from './judges/limits';
import { traffic, type FailureRates, type Traffic } from './traffic';

/** Requests a second that the canary gets: the first step, 5 % of 40, 400 and 4,000. */
export const CANARY_RATES = [2, 20, 200] as const;
export const FIRST_WEIGHT = 0.05;

/** What stable answers, and a canary that is as good. */
export const CLEAN: FailureRates = { errors: 0.001, slow: 0.01 };
export const AT_LIMIT: FailureRates = LIMITS;
export const AT_HALF: FailureRates = { errors: LIMITS.errors / 2, slow: LIMITS.slow / 2 };

/** A canary that fails in one way; what is at fault, and on which share of requests. */
export interface Regression {
  readonly fault: 'errors' | 'slow';
  readonly share: number;
}

/** Twice the limit and more. */
export const REGRESSIONS: readonly Regression[] = [
  ...[0.02, 0.05, 0.1, 0.2, 0.5].map((share) => ({ fault: 'errors' as const, share })),
  ...[0.1, 0.2, 0.5].map((share) => ({ fault: 'slow' as const, share })),
];

export function constant(
  canaryPerSecond: number,
  canary: FailureRates,
  stable: FailureRates,
  weight = FIRST_WEIGHT,
): Traffic {
  return traffic({ fromSecond: 0, canaryPerSecond, weight, canary, stable });
}

export function regression(canaryPerSecond: number, { fault, share }: Regression): Traffic {
  return constant(canaryPerSecond, { ...CLEAN, [fault]: share }, CLEAN);
}

/** A minute in which both versions fail 30 % of requests, as when a payment provider is away. */
export function incident(canaryPerSecond: number, weight: number): Traffic {
  const phase = { canaryPerSecond, weight, canary: CLEAN, stable: CLEAN };
  const failing: FailureRates = { ...CLEAN, errors: 0.3 };
  return traffic(
    { ...phase, fromSecond: 0 },
    { ...phase, fromSecond: 60, canary: failing, stable: failing },
    { ...phase, fromSecond: 120 },
  );
}

/** A quiet canary on which five seconds of every minute bring a hundred times as much, at half the limits. */
export function bursts(canaryPerSecond: number, minutes: number): Traffic {
  const phase = { weight: FIRST_WEIGHT, canary: AT_HALF, stable: AT_HALF };
  return traffic(
    ...Array.from({ length: minutes }, (_, minute) => [
      { ...phase, fromSecond: minute * 60, canaryPerSecond },
      { ...phase, fromSecond: minute * 60 + 30, canaryPerSecond: canaryPerSecond * 100 },
      { ...phase, fromSecond: minute * 60 + 35, canaryPerSecond },
    ]).flat(),
  );
}

/** A request in 50 seconds: most minutes of the canary are empty. Both versions are clean. */
export const TRICKLE: Traffic = constant(0.02, CLEAN, CLEAN);
