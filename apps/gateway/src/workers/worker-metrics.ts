import { Metrics } from '@croupier/service-kit';
import { AggregatorRegistry, type MetricObject } from 'prom-client';
import { GatewayMetrics, PREFIX } from '../metrics/gateway-metrics';
import type { WorkerMetric } from './messages';
import type { WorkerPool } from './worker-pool';

/** What the workers count, summed when it is asked for. */
export class WorkerMetrics {
  private asked: Promise<readonly WorkerMetric[]> | null = null;

  constructor(
    metrics: Metrics,
    private readonly pool: WorkerPool,
  ) {
    const uncounted = new Metrics('gateway');
    new GatewayMetrics(uncounted);
    for (const metric of uncounted.registry.getMetricsAsArray())
      if (metric.name.startsWith(PREFIX))
        metrics.registry.registerMetric({ name: metric.name, get: () => this.summed(metric) } as never);
  }

  private async summed(uncounted: MetricObject): Promise<MetricObject> {
    this.asked ??= this.ask();
    return (await this.asked).find(({ name }) => name === uncounted.name) ?? { ...uncounted, values: [] };
  }

  /** All metrics of one scrape come from one question. */
  private async ask(): Promise<readonly WorkerMetric[]> {
    try {
      const summed = AggregatorRegistry.aggregate(await this.pool.metrics());
      return await summed.getMetricsAsJSON();
    } finally {
      this.asked = null;
    }
  }
}
