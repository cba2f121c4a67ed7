import { Injectable, Logger } from '@nestjs/common';
import type { MetricEvidence } from '@croupier/contracts';
import type { Observer, StoredRelease, Told } from '@croupier/orchestrator';
import type { Decision } from '@croupier/rollout';
import { Metrics } from '@croupier/service-kit';
import { RoutingWaiters } from '../routing/routing-waiters';

/** What the orchestrator does, for Prometheus, the log, and the gateways that wait. */
@Injectable()
export class OrchestrationObserver implements Observer {
  private readonly logger = new Logger('Orchestrator');
  private readonly successes;
  private readonly failures;
  private readonly errorRate;
  private readonly weight;

  constructor(
    metrics: Metrics,
    private readonly waiters: RoutingWaiters,
  ) {
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

  told({ release, decision }: Told): void {
    this.decided(release, decision);
  }

  /** Also for what is told by operators and by the bus. */
  decided({ state }: StoredRelease, { events }: Decision): void {
    const { provider, game } = state.plan;
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

  judged({ state }: StoredRelease, evidence: readonly MetricEvidence[]): void {
    const { provider, game } = state.plan;
    const errors = evidence.find(({ name }) => name === 'error-rate');
    if (errors && errors.trials > 0) this.errorRate.set({ provider, game }, errors.observedRate);
  }

  routed(releases: readonly StoredRelease[]): void {
    const versions = releases.map(({ stepRoutingVersion }) => stepRoutingVersion ?? 0);
    this.waiters.announce(Math.max(0, ...versions));
  }

  warn(message: string): void {
    this.logger.warn(message);
  }
}
