import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { CloudEvent, RolloutPromoted, RolloutRolledBack } from '@croupier/contracts';
import { Inbox, Outbox, newEvent } from '@croupier/messaging';
import { Metrics } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { gamePrefix } from './game-prefix';
import type { Cause, Invalidation, Purge } from './invalidation';
import { InvalidationRepository } from './invalidation-repository';
import { INVALIDATION_TARGETS, type InvalidationTarget } from './invalidation-target';

type RolloutEnded =
  CloudEvent<'rollout.promoted', RolloutPromoted> | CloudEvent<'rollout.rolled_back', RolloutRolledBack>;

@Injectable()
export class Invalidator {
  private readonly invalidated;

  constructor(
    @Inject(INVALIDATION_TARGETS) private readonly targets: readonly InvalidationTarget[],
    private readonly invalidations: InvalidationRepository,
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    metrics: Metrics,
  ) {
    this.invalidated = metrics.counter<'cause'>({
      name: 'cache_invalidations_total',
      help: 'Purges that were carried out and recorded',
      labelNames: ['cause'],
    });
  }

  /** The purge comes before its record: a crash in between repeats it, which is safe; the other order forgets it. */
  async afterRollout(event: RolloutEnded): Promise<void> {
    const { releaseId, provider, game, version } = event.data;
    const done = await this.purge({
      cause: event.type,
      reason: reasonOf(event),
      releaseId,
      prefix: gamePrefix(provider, game),
    });
    const outcome = await this.inbox.once(event, async (tx) => {
      for (const invalidation of done) {
        const { target, prefix, keysRemoved, durationMs } = invalidation;
        await this.invalidations.append(tx, invalidation);
        await this.outbox.append(
          tx,
          newEvent(
            'cache.invalidated',
            { releaseId, provider, game, version, target, prefix, keysRemoved, durationMs },
            { source: 'croupier/cache', subject: `${provider}/${game}` },
          ),
        );
      }
    });
    if (outcome === 'done') this.count(event.type);
  }

  async onDemand(prefix: string, reason: string): Promise<Invalidation[]> {
    const done = await this.purge({ cause: 'operator', reason, releaseId: null, prefix });
    await this.dataSource.transaction(async (tx) => {
      for (const invalidation of done) await this.invalidations.append(tx, invalidation);
    });
    this.count('operator');
    return done;
  }

  private async purge(purge: Purge): Promise<Invalidation[]> {
    return Promise.all(
      this.targets.map(async (target) => {
        const startedMs = performance.now();
        const keysRemoved = await target.purge(purge.prefix);
        const durationMs = performance.now() - startedMs;
        return { ...purge, id: randomUUID(), target: target.kind, keysRemoved, durationMs, at: new Date() };
      }),
    );
  }

  private count(cause: Cause): void {
    this.invalidated.inc({ cause });
  }
}

function reasonOf(event: RolloutEnded): string {
  const { version } = event.data;
  return event.type === 'rollout.promoted'
    ? `${version} was promoted`
    : `${version} was rolled back: ${event.data.reason}`;
}
