import { poissonSampler, type PoissonSampler } from './random';

/** The gateways' telemetry window. */
export const WINDOW_SECONDS = 0.25;
export const WINDOWS_PER_SECOND = 1 / WINDOW_SECONDS;
export const WINDOWS_PER_MINUTE = 60 * WINDOWS_PER_SECOND;

/** Shares of one version's requests, each of which is an error, slow, or fine. */
export interface FailureRates {
  readonly errors: number;
  readonly slow: number;
}

/** What both versions get and answer, from a second on until the next phase. */
export interface Phase {
  readonly fromSecond: number;
  readonly canaryPerSecond: number;
  /** The canary's share of all requests. */
  readonly weight: number;
  readonly canary: FailureRates;
  readonly stable: FailureRates;
}

/** Draws one version's counts over a fixed time: requests come at random, and a Poisson stream of three kinds is three. */
export interface CountSampler {
  readonly errors: PoissonSampler;
  readonly slow: PoissonSampler;
  readonly fine: PoissonSampler;
}

export interface PhaseSamplers {
  readonly fromWindow: number;
  readonly canaryWindow: CountSampler;
  readonly stableWindow: CountSampler;
  /** A minute of the stable version on as much traffic as the canary has. */
  readonly baselineMinute: CountSampler;
}

/** Traffic ready to be drawn from, phase after phase. */
export type Traffic = readonly PhaseSamplers[];

/** The first phase begins at second 0. */
export function traffic(...phases: readonly Phase[]): Traffic {
  return phases.map(({ fromSecond, canaryPerSecond, weight, canary, stable }) => ({
    fromWindow: fromSecond * WINDOWS_PER_SECOND,
    canaryWindow: counts(canaryPerSecond * WINDOW_SECONDS, canary),
    stableWindow: counts((canaryPerSecond * WINDOW_SECONDS * (1 - weight)) / weight, stable),
    baselineMinute: counts(canaryPerSecond * 60, stable),
  }));
}

function counts(mean: number, { errors, slow }: FailureRates): CountSampler {
  return {
    errors: poissonSampler(mean * errors),
    slow: poissonSampler(mean * slow),
    fine: poissonSampler(mean * (1 - errors - slow)),
  };
}
