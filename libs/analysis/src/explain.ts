import type { MetricEvidence } from '@croupier/contracts';
import type { SpentLimit } from './blast-radius';
import type { Verdict } from './judge';
import { isBreached, isHealthy, isIncident, isOverLimit, isWorse } from './metric-evidence';

const MOST_DECIMALS = 6;
const COST_NAMES = { failedRequests: 'failed requests', playersTouched: 'players touched' } as const;

/** A verdict in one plain sentence for a timeline: only what decided it, or what is still missing. */
export function explain({ kind, metrics, blastRadius }: Verdict): string {
  switch (kind) {
    case 'breached': {
      const limits = blastRadius.kind === 'spent' ? blastRadius.limits : [];
      return [...metrics.filter(isBreached).flatMap(breachClauses), ...limits.map(budgetClause)].join('; ');
    }
    case 'incident':
      return metrics.filter(isIncident).map(incidentClause).join('; ');
    case 'healthy':
      return metrics.map(healthClause).join('; ');
    case 'undecided':
      return metrics
        .filter((metric) => !isHealthy(metric))
        .map(openClause)
        .join('; ');
  }
}

function breachClauses(metric: MetricEvidence): string[] {
  const { breachLogEvidence, breachThreshold, relativeLogEvidence = 0, relativeThreshold = 0 } = metric;
  const clauses: string[] = [];
  if (isOverLimit(metric)) {
    const [observed, limit] = percents(metric.observedRate, metric.nullRate);
    const evidence = against(breachLogEvidence, breachThreshold);
    clauses.push(`${canaryShare(metric, observed)} is over ${limit}: ${evidence}`);
  }
  if (isWorse(metric)) {
    const [observed, stable] = percents(metric.observedRate, stableRate(metric));
    const excess = `more than ${shortPercent(metric.margin ?? 0)} over ${stableShare(metric, stable)}`;
    const evidence = against(relativeLogEvidence, relativeThreshold);
    clauses.push(`${canaryShare(metric, observed)} is ${excess}: ${evidence}`);
  }
  return clauses;
}

function incidentClause(metric: MetricEvidence): string {
  const { breachLogEvidence, breachThreshold, stableLogEvidence = 0, incidentThreshold = 0 } = metric;
  const [observed, limit] = percents(metric.observedRate, metric.nullRate);
  const [stable] = percents(stableRate(metric), metric.nullRate);
  const both = `${canaryShare(metric, observed)} is over ${limit}, and so is ${stableShare(metric, stable)}`;
  const canaryEvidence = against(breachLogEvidence, breachThreshold);
  const stableEvidence = `${power(stableLogEvidence)} against ${power(incidentThreshold)}`;
  return `${both}, an incident of both: ${canaryEvidence}, stable's ${stableEvidence}`;
}

function budgetClause({ cost, spent, budget }: SpentLimit): string {
  return `the budget of ${budget} ${COST_NAMES[cost]} is spent: ${spent} so far`;
}

function healthClause({ name, observedRate, nullRate, ...metric }: MetricEvidence): string {
  const [, limit] = percents(observedRate, nullRate);
  return `${name} is under ${limit}: ${against(metric.healthLogEvidence, metric.healthThreshold)}`;
}

function openClause(metric: MetricEvidence): string {
  const { name, trials, relativeLogEvidence, relativeThreshold } = metric;
  if (trials === 0) return `${name} is undecided: no requests yet`;
  const [observed, limit] = percents(metric.observedRate, metric.nullRate);
  const evidence = [
    `evidence ${power(metric.healthLogEvidence)} of ${power(metric.healthThreshold)} needed to pass`,
    `${power(metric.breachLogEvidence)} of ${power(metric.breachThreshold)} needed to roll back`,
  ];
  if (relativeLogEvidence !== undefined && relativeThreshold !== undefined) {
    evidence.push(
      `${power(relativeLogEvidence)} of ${power(relativeThreshold)} needed to call it worse than stable`,
    );
  }
  return `${canaryShare(metric, observed)} is undecided against ${limit}: ${evidence.join(', ')}`;
}

/** Two rates with as many decimals as it takes to tell them apart and the second from nothing, one at least. */
function percents(observed: number, other: number): [observed: string, other: string] {
  let decimals = 1;
  const alike = (): boolean =>
    (other !== 0 && Number(other.toFixed(decimals + 2)) === 0) ||
    (observed !== other && percent(observed, decimals) === percent(other, decimals));
  while (decimals < MOST_DECIMALS && alike()) decimals += 1;
  return [percent(observed, decimals), percent(other, decimals)];
}

function percent(rate: number, decimals: number): string {
  return `${(rate * 100).toFixed(decimals)} %`;
}

/** Without decimals that say nothing: 0.25 %, 1 %. */
function shortPercent(rate: number): string {
  return `${Number((rate * 100).toFixed(MOST_DECIMALS))} %`;
}

function canaryShare({ name, trials }: MetricEvidence, observed: string): string {
  return `${name} ${observed} of ${requests(trials)}`;
}

function stableShare({ stableTrials = 0 }: MetricEvidence, observed: string): string {
  return `stable's ${observed} of ${requests(stableTrials)}`;
}

function stableRate({ stableTrials = 0, stableFailures = 0 }: MetricEvidence): number {
  return stableTrials === 0 ? 0 : stableFailures / stableTrials;
}

function against(logEvidence: number, threshold: number): string {
  return `evidence ${power(logEvidence)} against ${power(threshold)} needed`;
}

function power(logEvidence: number): string {
  const tenths = Math.round(logEvidence * 10) || 0;
  return `e^${(tenths / 10).toFixed(1)}`;
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}
