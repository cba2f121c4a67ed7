import { Injectable } from '@nestjs/common';
import { Metrics } from '@croupier/service-kit';
import type { Decision } from '@croupier/rollout';
import type { ReleaseRecord } from '../releases/release-record';
import type { VersionCounts } from '../telemetry/telemetry-repository';

@Injectable()
export class RolloutMetrics {
  private readonly successes;
  private readonly failures;
  private readonly errorRate;
  private readonly weight;

  constructor(metrics: Metrics) {
    const labelNames = ['provider', 'game'] as const;
    this.successes = metrics.counter({ name: 'deploy_success_total', help: 'Releases promoted', labelNames });
    this.failures = metrics.counter({
      name: 'deploy_failure_total',
      help: 'Releases that failed before traffic or were rolled back',
      labelNames: [...labelNames, 'outcome'],
    });
    this.errorRate = metrics.gauge({
      name: 'canary_error_rate',
      help: 'Share of failed requests of the canary since it first got traffic',
      labelNames,
    });
    this.weight = metrics.gauge({ name: 'canary_weight_percent', help: 'Share of traffic set', labelNames });
  }

  decided({ provider, game }: ReleaseRecord, { events }: Decision): void {
    const labels = { provider, game };
    for (const event of events) {
      if (event.type === 'rollout.step') this.weight.set(labels, event.weightPercent);
      if (event.type === 'rollout.promoted') this.successes.inc(labels);
      if (event.type === 'rollout.rolled_back') this.failures.inc({ ...labels, outcome: 'rolled-back' });
      if (event.type === 'release.failed') this.failures.inc({ ...labels, outcome: 'failed' });
      if (event.type === 'rollout.promoted' || event.type === 'rollout.rolled_back')
        this.weight.set(labels, 0);
    }
  }

  judged({ provider, game }: ReleaseRecord, { errors, requests }: VersionCounts): void {
    if (requests > 0) this.errorRate.set({ provider, game }, errors / requests);
  }
}
