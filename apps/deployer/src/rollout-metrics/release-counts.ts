import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Strategy, type ReleaseId } from '@croupier/contracts';
import type { StoredRelease } from '@croupier/orchestrator';
import type { RolloutEvent, RolloutEventOf } from '@croupier/rollout';
import { Metrics } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { durationsOf, endsDuration, type Duration } from './durations';
import type { ToldEvent } from './told-event';

/** Who ended what had no traffic yet. */
const FAILURES = ['failure', 'operator'];
const ROLLBACKS = [
  'breach',
  'workload-failed',
  'preview-failed',
  'superseded',
  'revoked',
  'deadline',
  'operator',
] as const satisfies readonly RolloutEventOf<'rollout.rolled_back'>['cause'][];

/** In seconds. */
const BUCKETS = {
  release: [10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400],
  evidence: [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400],
  detection: [0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 900],
  switch: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60],
};

/** How releases end and how long they take: by strategy, never by game, of which there are ten thousand. */
@Injectable()
export class ReleaseCounts implements OnApplicationShutdown {
  private readonly logger = new Logger(ReleaseCounts.name);
  private readonly successes;
  private readonly failures;
  private readonly seconds;
  private readonly reading = new Set<Promise<void>>();

  constructor(
    metrics: Metrics,
    private readonly dataSource: DataSource,
  ) {
    this.successes = metrics.counter({
      name: 'deploy_success_total',
      help: 'Releases promoted',
      labelNames: ['strategy'],
    });
    this.failures = metrics.counter({
      name: 'deploy_failure_total',
      help: 'Releases that failed before traffic or were rolled back, and why',
      labelNames: ['strategy', 'outcome', 'cause'],
    });
    // From 0 on, so that a rate sees the first of them.
    for (const strategy of Strategy.options) {
      this.successes.inc({ strategy }, 0);
      for (const cause of FAILURES) this.failures.inc({ strategy, outcome: 'failed', cause }, 0);
      for (const cause of ROLLBACKS) this.failures.inc({ strategy, outcome: 'rolled-back', cause }, 0);
    }
    this.seconds = {
      release: metrics.exemplarHistogram({
        name: 'release_duration_seconds',
        help: 'From the queue to the end of a release',
        labelNames: ['outcome'],
        buckets: BUCKETS.release,
      }),
      rollout: metrics.exemplarHistogram({
        name: 'rollout_duration_seconds',
        help: 'From the first step of a rollout to its end',
        labelNames: ['outcome'],
        buckets: BUCKETS.release,
      }),
      evidence: metrics.exemplarHistogram({
        name: 'rollout_evidence_seconds',
        help: 'What a step took to gather the evidence that it passed by',
        buckets: BUCKETS.evidence,
      }),
      detection: metrics.exemplarHistogram({
        name: 'rollout_detection_seconds',
        help: 'From every gateway dealing by a step to the breach that was found in it',
        buckets: BUCKETS.detection,
      }),
      switch: metrics.exemplarHistogram({
        name: 'rollout_switch_seconds',
        help: 'From a decision on traffic to every gateway dealing by it',
        labelNames: ['cause'],
        buckets: BUCKETS.switch,
      }),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.reading]);
  }

  decided({ id, state }: StoredRelease, events: readonly RolloutEvent[]): void {
    const { strategy } = state.plan;
    for (const event of events) {
      if (event.type === 'rollout.promoted') this.successes.inc({ strategy });
      if (event.type === 'rollout.rolled_back')
        this.failures.inc({ strategy, outcome: 'rolled-back', cause: event.cause });
      if (event.type === 'release.failed')
        this.failures.inc({
          strategy,
          outcome: 'failed',
          cause: event.actor === null ? 'failure' : 'operator',
        });
      if (endsDuration(event)) this.timeLater(id, event);
    }
  }

  /** The decision is committed already, and waits for nothing that is only measured. */
  private timeLater(id: ReleaseId, { type, at }: RolloutEvent): void {
    const reading = this.time(id, type, at)
      .catch((error: Error) => this.logger.warn(`A duration is not measured: ${error.message}`))
      .finally(() => this.reading.delete(reading));
    this.reading.add(reading);
  }

  private async time(id: ReleaseId, type: string, at: number): Promise<void> {
    const timeline = await this.dataSource.query<ToldEvent[]>(
      `SELECT type, (extract(epoch FROM at) * 1000)::float8 AS at, data FROM rollout_events
       WHERE release_id = $1 ORDER BY sequence`,
      [id],
    );
    const end = timeline.findLastIndex((event) => event.type === type && Math.round(event.at) === at);
    for (const duration of durationsOf(timeline.slice(0, end + 1))) this.observe(duration, id);
  }

  private observe(duration: Duration, id: ReleaseId): void {
    const exemplar = { release_id: id };
    switch (duration.kind) {
      case 'release':
      case 'rollout':
        return this.seconds[duration.kind].observe({ outcome: duration.outcome }, duration.seconds, exemplar);
      case 'evidence':
      case 'detection':
        return this.seconds[duration.kind].observe({}, duration.seconds, exemplar);
      case 'switch':
        return this.seconds.switch.observe({ cause: duration.cause }, duration.seconds, exemplar);
      default:
        return duration satisfies never;
    }
  }
}
