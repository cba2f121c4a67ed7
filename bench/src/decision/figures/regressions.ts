import { median } from '../../order-statistics';
import { mean, proportion, type Proportion } from '../confidence';
import { JUDGE_NAMES, JUDGES, type JudgeName } from '../judges/all';
import { CANARY_RATES, regression, REGRESSIONS, type Regression } from '../scenarios';
import { Trace } from '../trace';
import { WINDOW_SECONDS, type Traffic } from '../traffic';

/** What a judge made of a bad canary. Means and medians are over the rollouts that it rolled back; NaN without any. */
export interface Detection {
  readonly rolledBack: Proportion;
  /** Mean number of errors, or slow requests, that players were served before. */
  readonly badRequests: number;
  readonly medianRequests: number;
  readonly medianSeconds: number;
}

/** One kind of bad canary at one rate of traffic; all judges saw the same traces. */
export interface RegressionCell extends Regression {
  readonly canaryPerSecond: number;
  readonly judges: Readonly<Record<JudgeName, Detection>>;
}

export function regressionCells(tracesEach: number): RegressionCell[] {
  return CANARY_RATES.flatMap((canaryPerSecond) =>
    REGRESSIONS.map((kind) => ({
      ...kind,
      canaryPerSecond,
      judges: detections(kind, regression(canaryPerSecond, kind), tracesEach),
    })),
  );
}

function detections(
  { fault }: Regression,
  traffic: Traffic,
  traces: number,
): Readonly<Record<JudgeName, Detection>> {
  const found = new Map<JudgeName, Found>(
    JUDGE_NAMES.map((name) => [name, { bad: [], requests: [], seconds: [] }]),
  );
  for (let seed = 0; seed < traces; seed += 1) {
    const trace = new Trace(traffic, 50_000_000 + seed);
    for (const name of JUDGE_NAMES) {
      const { kind, window } = JUDGES[name].decide(trace);
      if (kind !== 'rolled-back') continue;
      const served = trace.canary(0, window);
      const of = found.get(name)!;
      of.bad.push(served[fault]);
      of.requests.push(served.requests);
      of.seconds.push(window * WINDOW_SECONDS);
    }
  }
  return Object.fromEntries([...found].map(([name, of]) => [name, summary(of, traces)])) as Record<
    JudgeName,
    Detection
  >;
}

interface Found {
  readonly bad: number[];
  readonly requests: number[];
  readonly seconds: number[];
}

function summary({ bad, requests, seconds }: Found, traces: number): Detection {
  return {
    rolledBack: proportion(bad.length, traces),
    badRequests: mean(bad),
    medianRequests: median(requests),
    medianSeconds: median(seconds),
  };
}

/** Bad canaries, twice the limit and more, that the platform's judge did not roll back. */
export function missedRegressions(cells: readonly RegressionCell[]): Proportion {
  const rolledBack = cells.map(({ judges }) => judges.croupier.rolledBack);
  const traces = rolledBack.reduce((sum, { of }) => sum + of, 0);
  return proportion(traces - rolledBack.reduce((sum, { count }) => sum + count, 0), traces);
}
