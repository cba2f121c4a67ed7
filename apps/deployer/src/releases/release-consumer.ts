import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type {
  ArtifactRegistered,
  CacheInvalidated,
  CloudEvent,
  FlagChanged,
  MigrationOutcome,
  ReleaseId,
} from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { EffectSignal } from '../effects/effect-signal';
import { RolloutEngine } from '../rollouts/rollout-engine';
import { RolloutLoop } from '../rollouts/rollout-loop';
import { ReleaseQueue } from './release-queue';
import { ReleaseRepository } from './release-repository';

/** What the other services tell the deployer. */
@Controller()
export class ReleaseConsumer {
  constructor(
    private readonly inbox: Inbox,
    private readonly queue: ReleaseQueue,
    private readonly releases: ReleaseRepository,
    private readonly engine: RolloutEngine,
    private readonly loop: RolloutLoop,
    private readonly effects: EffectSignal,
  ) {}

  @EventPattern('artifact.registered')
  async onArtifactRegistered(
    @Payload() event: CloudEvent<'artifact.registered', ArtifactRegistered>,
  ): Promise<void> {
    await this.inbox.once(event, (tx) => this.queue.add(tx, event.data));
    this.loop.wake();
  }

  @EventPattern('migration.applied')
  async onMigrationApplied(
    @Payload() event: CloudEvent<'migration.applied', MigrationOutcome>,
  ): Promise<void> {
    const { releaseId, detail } = event.data;
    await this.inbox.once(event, async (tx) => {
      await this.engine.tellWithin(tx, releaseId, { kind: 'migrationApplied', detail });
    });
    this.effects.ring();
  }

  @EventPattern('migration.failed')
  async onMigrationFailed(@Payload() event: CloudEvent<'migration.failed', MigrationOutcome>): Promise<void> {
    const { releaseId, detail: reason } = event.data;
    await this.inbox.once(event, async (tx) => {
      await this.engine.tellWithin(tx, releaseId, { kind: 'migrationFailed', reason });
    });
    this.effects.ring();
  }

  @EventPattern('migration.planned')
  async onMigrationPlanned(
    @Payload() event: CloudEvent<'migration.planned', MigrationOutcome>,
  ): Promise<void> {
    await this.noteOnce(event, event.data.releaseId, `The migrator's dry run: ${event.data.detail}`);
  }

  @EventPattern('migration.reverted')
  async onMigrationReverted(
    @Payload() event: CloudEvent<'migration.reverted', MigrationOutcome>,
  ): Promise<void> {
    await this.noteOnce(event, event.data.releaseId, `The migration is undone: ${event.data.detail}`);
  }

  @EventPattern('cache.invalidated')
  async onCacheInvalidated(
    @Payload() event: CloudEvent<'cache.invalidated', CacheInvalidated>,
  ): Promise<void> {
    const { releaseId, keysRemoved, prefix, target } = event.data;
    await this.noteOnce(
      event,
      releaseId,
      `The cache removed ${keysRemoved} keys under ${prefix} from ${target}.`,
    );
  }

  @EventPattern('flag.changed')
  async onFlagChanged(@Payload() event: CloudEvent<'flag.changed', FlagChanged>): Promise<void> {
    const { releaseId, flag, after, reason } = event.data;
    if (releaseId)
      await this.noteOnce(event, releaseId, `The flag ${flag} is ${after ? 'on' : 'off'}: ${reason}.`);
  }

  private async noteOnce(event: CloudEvent, releaseId: ReleaseId, summary: string): Promise<void> {
    await this.inbox.once(event, (tx) => this.note(tx, event, releaseId, summary));
  }

  private async note(
    tx: Transaction,
    event: CloudEvent,
    releaseId: ReleaseId,
    summary: string,
  ): Promise<void> {
    const release = await this.releases.lock(tx, releaseId);
    if (!release) return;
    const at = Date.parse(event.time);
    await this.releases.note(tx, release, {
      type: event.type,
      at,
      actor: event.source,
      summary,
      data: event.data,
    });
  }
}
