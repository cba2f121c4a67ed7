import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { StoredRelease } from '@croupier/orchestrator';
import type { RolloutEvent } from '@croupier/rollout';
import { Tracing } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { stagesEndedBy, type EndedStage, type SpannedEntry } from './ended-stages';

interface TracedRelease {
  readonly traceparent: string | null;
  readonly timeline: readonly (SpannedEntry & { readonly sequence: number })[];
}

/**
 * A span for each stage of a release, told when it is over: a rollout takes hours, and the deployer that sees its end may
 * not be the one that saw its beginning.
 */
@Injectable()
export class StageSpans implements OnApplicationShutdown {
  private readonly logger = new Logger(StageSpans.name);
  private readonly reading = new Set<Promise<void>>();

  constructor(
    private readonly tracing: Tracing,
    private readonly dataSource: DataSource,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.reading]);
  }

  /** The decision is committed already, and waits for no span. */
  decided(release: StoredRelease, events: readonly RolloutEvent[]): void {
    if (!this.tracing.isOn || events.length === 0) return;
    const reading = this.tell(release, release.revision - events.length)
      .catch((error: Error) => this.logger.warn(`A stage has no span: ${error.message}`))
      .finally(() => this.reading.delete(reading));
    this.reading.add(reading);
  }

  private async tell(release: StoredRelease, after: number): Promise<void> {
    const { traceparent, timeline } = await this.read(release);
    if (traceparent === null) return;
    for (const [index, { sequence }] of timeline.entries()) {
      if (sequence <= after) continue;
      for (const stage of stagesEndedBy(timeline.slice(0, index + 1)))
        this.record(release, traceparent, stage);
    }
  }

  private record({ id, state }: StoredRelease, traceparent: string, stage: EndedStage): void {
    const { provider, game, version, strategy } = state.plan;
    this.tracing.record({
      name: `release ${stage.name}`,
      parent: traceparent,
      startMs: stage.startMs,
      endMs: stage.endMs,
      fault: stage.fault,
      attributes: {
        'croupier.release.id': id,
        'croupier.release.strategy': strategy,
        'croupier.provider': provider,
        'croupier.game': game,
        'croupier.version': version,
      },
      moments: stage.entries.map(({ type, at, summary }) => ({
        name: type,
        atMs: at,
        attributes: { summary },
      })),
    });
  }

  private async read({ id, revision }: StoredRelease): Promise<TracedRelease> {
    const [row] = await this.dataSource.query<TracedRelease[]>(
      `SELECT r.traceparent,
         (SELECT coalesce(json_agg(json_build_object('sequence', e.sequence, 'type', e.type, 'summary', e.summary,
            'data', e.data, 'at', extract(epoch FROM e.at) * 1000) ORDER BY e.sequence), '[]')
          FROM rollout_events e WHERE e.release_id = r.id AND e.sequence <= $2) AS timeline
       FROM releases r WHERE r.id = $1`,
      [id, revision],
    );
    return row ?? { traceparent: null, timeline: [] };
  }
}
