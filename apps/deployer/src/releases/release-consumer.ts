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
import { Inbox, traceparentOf } from '@croupier/messaging';
import type { Told } from '@croupier/orchestrator';
import type { Transaction } from '@croupier/persistence';
import type { RolloutInput } from '@croupier/rollout';
import { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { ReleaseQueue } from './release-queue';
import { ReleaseRepository } from './release-repository';
import { ReleaseTeller } from './release-teller';

/** What the other services tell the deployer. */
@Controller()
export class ReleaseConsumer {
  constructor(
    private readonly inbox: Inbox,
    private readonly queue: ReleaseQueue,
    private readonly releases: ReleaseRepository,
    private readonly teller: ReleaseTeller,
    private readonly loop: OrchestrationLoop,
  ) {}

  @EventPattern('artifact.registered')
  async onArtifactRegistered(
    @Payload() event: CloudEvent<'artifact.registered', ArtifactRegistered>,
  ): Promise<void> {
    await this.inbox.once(event, (tx) => this.queue.add(tx, event.data, traceparentOf(event)));
    this.loop.wake();
  }

  @EventPattern('migration.applied')
  async onMigrationApplied(
    @Payload() event: CloudEvent<'migration.applied', MigrationOutcome>,
  ): Promise<void> {
    const { releaseId, detail } = event.data;
    await this.tellOnce(event, releaseId, { kind: 'migrationApplied', detail });
  }

  @EventPattern('migration.failed')
  async onMigrationFailed(@Payload() event: CloudEvent<'migration.failed', MigrationOutcome>): Promise<void> {
    const { releaseId, detail: reason } = event.data;
    await this.tellOnce(event, releaseId, { kind: 'migrationFailed', reason });
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
    await this.noteOnce(event, event.data.releaseId, `The schema after the rollback: ${event.data.detail}`);
  }

  @EventPattern('migration.contracted')
  async onMigrationContracted(
    @Payload() event: CloudEvent<'migration.contracted', MigrationOutcome>,
  ): Promise<void> {
    await this.noteOnce(event, event.data.releaseId, `The schema after the promotion: ${event.data.detail}`);
  }

  @EventPattern('cache.invalidated')
  async onCacheInvalidated(
    @Payload() event: CloudEvent<'cache.invalidated', CacheInvalidated>,
  ): Promise<void> {
    const { releaseId, keysRemoved, prefix, target, failure } = event.data;
    await this.noteOnce(
      event,
      releaseId,
      failure === undefined
        ? `The cache removed ${keysRemoved} entries from ${target}: ${prefix}.`
        : `The cache did not purge ${target}: ${failure}.`,
    );
  }

  /** A step of the release may have waited for it. */
  @EventPattern('flag.changed')
  async onFlagChanged(@Payload() event: CloudEvent<'flag.changed', FlagChanged>): Promise<void> {
    const { releaseId, flag, after, reason } = event.data;
    if (!releaseId) return;
    const summary = `The flag ${flag} is ${after ? 'on' : 'off'}: ${reason}.`;
    let told: Told | null = null;
    await this.inbox.once(event, async (tx) => {
      await this.note(tx, event, releaseId, summary);
      told = await this.teller.tellWithin(tx, releaseId, { kind: 'flagSet', flag, enabled: after });
    });
    if (told) this.teller.after(told);
  }

  private async tellOnce(event: CloudEvent, releaseId: ReleaseId, input: RolloutInput): Promise<void> {
    let told: Told | null = null;
    await this.inbox.once(event, async (tx) => {
      told = await this.teller.tellWithin(tx, releaseId, input);
    });
    if (told) this.teller.after(told);
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
    const at = Date.parse(event.time);
    await this.releases.note(tx, releaseId, {
      type: event.type,
      at,
      actor: event.source,
      summary,
      data: event.data,
    });
  }
}
