import type { MetricEvidence } from '@croupier/contracts';
import type { SpentLimit } from './blast-radius';
import { isBreached, isHealthy, type Verdict } from './judge';

const MOST_DECIMALS = 6;
const COST_NAMES = { failedRequests: 'failed requests', playersTouched: 'players touched' } as const;

/** A verdict in one plain sentence for a timeline: only what decided it, or what is still missing. */
export function explain({ kind, metrics, blastRadius }: Verdict): string {
  switch (kind) {
    case 'breached': {
      const limits = blastRadius.kind === 'spent' ? blastRadius.limits : [];
      return [...metrics.filter(isBreached).map(breachClause), ...limits.map(budgetClause)].join('; ');
    }
    case 'healthy':
      return metrics.map(healthClause).join('; ');
    case 'undecided':
      return metrics
        .filter((metric) => !isHealthy(metric))
        .map(openClause)
        .join('; ');
  }
}

function breachClause(metric: MetricEvidence): string {
  const { name, trials, breachLogEvidence, breachThreshold } = metric;
  const [observed, limit] = rates(metric);
  const evidence = `evidence ${power(breachLogEvidence)} against ${power(breachThreshold)} needed`;
  return `${name} ${observed} of ${requests(trials)} is over ${limit}: ${evidence}`;
}

function budgetClause({ cost, spent, budget }: SpentLimit): string {
  return `the budget of ${budget} ${COST_NAMES[cost]} is spent: ${spent} so far`;
}

function healthClause(metric: MetricEvidence): string {
  const { name, healthLogEvidence, healthThreshold } = metric;
  const [, limit] = rates(metric);
  const evidence = `evidence ${power(healthLogEvidence)} against ${power(healthThreshold)} needed`;
  return `${name} is under ${limit}: ${evidence}`;
}

function openClause(metric: MetricEvidence): string {
  const { name, trials } = metric;
  if (trials === 0) return `${name} is undecided: no requests yet`;
  const [observed, limit] = rates(metric);
  const health = `${power(metric.healthLogEvidence)} of ${power(metric.healthThreshold)} needed to pass`;
  const breach = `${power(metric.breachLogEvidence)} of ${power(metric.breachThreshold)} needed to roll back`;
  const evidence = `evidence ${health}, ${breach}`;
  return `${name} ${observed} of ${requests(trials)} is undecided against ${limit}: ${evidence}`;
}

/** Observed and allowed rate with as many decimals as it takes to tell them apart, one at least. */
function rates({ observedRate, nullRate }: MetricEvidence): [observed: string, limit: string] {
  let decimals = 1;
  const alike = (): boolean =>
    Number(nullRate.toFixed(decimals + 2)) === 0 ||
    (observedRate !== nullRate && percent(observedRate, decimals) === percent(nullRate, decimals));
  while (decimals < MOST_DECIMALS && alike()) decimals += 1;
  return [percent(observedRate, decimals), percent(nullRate, decimals)];
}

function percent(rate: number, decimals: number): string {
  return `${(rate * 100).toFixed(decimals)} %`;
}

function power(logEvidence: number): string {
  const tenths = Math.round(logEvidence * 10) || 0;
  return `e^${(tenths / 10).toFixed(1)}`;
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}
