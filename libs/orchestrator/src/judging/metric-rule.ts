import type { MetricRule } from '@croupier/analysis';
import type { MetricPlan } from '@croupier/contracts';

/** Of the null rate: how much worse than stable counts as worse, unless the metric says so itself. */
const DEFAULT_MARGIN = 1 / 2;

/** Fixed for a rollout: evidence gathered with one margin says nothing about another. */
export function marginOf({ margin, nullRate }: MetricPlan): number {
  return margin ?? nullRate * DEFAULT_MARGIN;
}

export function ruleOf(metric: MetricPlan, nullRates: Readonly<Record<string, number>>): MetricRule {
  return {
    name: metric.name,
    nullRate: nullRates[metric.name] ?? metric.nullRate,
    margin: marginOf(metric),
  };
}
