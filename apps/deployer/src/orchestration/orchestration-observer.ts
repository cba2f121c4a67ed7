import { Injectable, Logger } from '@nestjs/common';
import type { MetricEvidence } from '@croupier/contracts';
import type { Observer, StoredRelease, Told } from '@croupier/orchestrator';
import type { Decision } from '@croupier/rollout';
import { LiveEvidence } from '../live/live-evidence';
import { ReleaseCounts } from '../rollout-metrics/release-counts';
import { RolloutGauges } from '../rollout-metrics/rollout-gauges';
import { RoutingWaiters } from '../routing/routing-waiters';
import { StageSpans } from '../stage-spans/stage-spans';

/** What the orchestrator does, for Prometheus, the traces, the log, and the gateways that wait. */
@Injectable()
export class OrchestrationObserver implements Observer {
  private readonly logger = new Logger('Orchestrator');

  constructor(
    private readonly counts: ReleaseCounts,
    private readonly gauges: RolloutGauges,
    private readonly waiters: RoutingWaiters,
    private readonly live: LiveEvidence,
    private readonly stageSpans: StageSpans,
  ) {}

  told({ release, decision }: Told): void {
    this.decided(release, decision);
  }

  /** Also for what is told by operators and by the bus. */
  decided(release: StoredRelease, { events }: Decision): void {
    this.counts.decided(release, events);
    this.gauges.decided(release, events);
    this.stageSpans.decided(release, events);
  }

  judged(release: StoredRelease, evidence: readonly MetricEvidence[]): void {
    this.gauges.judged(release, evidence);
    this.live.judged(release.id, evidence);
  }

  routed(releases: readonly StoredRelease[]): void {
    const versions = releases.map(({ stepRoutingVersion }) => stepRoutingVersion ?? 0);
    this.waiters.announce(Math.max(0, ...versions));
  }

  warn(message: string): void {
    this.logger.warn(message);
  }
}
