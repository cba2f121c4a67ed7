import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { ArtifactRegistered, CloudEvent } from '@croupier/contracts';
import type { NotifiedEvent, NotifiedType } from './notification-of';
import { Notifications } from './notifications';

const NOTIFIED = {
  'approval.overridden': true,
  'approval.requested': true,
  'artifact.rejected': true,
  'cache.invalidated': true,
  'certificate.expiring': true,
  'clearance.changed': true,
  'game.disabled': true,
  'message.dead': true,
  'migration.failed': true,
  'release.approved': true,
  'release.failed': true,
  'release.revoked': true,
  'rollback.completed': true,
  'rollout.held': true,
  'rollout.incident': true,
  'rollout.paused': true,
  'rollout.promoted': true,
  'rollout.rolled_back': true,
  'rollout.started': true,
} as const satisfies Record<NotifiedType, true>;

/** What people are told of, and what has to be known to tell it. */
@Controller()
export class NotificationConsumer {
  constructor(private readonly notifications: Notifications) {}

  @EventPattern(Object.keys(NOTIFIED))
  async onNotified(@Payload() event: NotifiedEvent): Promise<void> {
    await this.notifications.afterEvent(event);
  }

  @EventPattern('artifact.registered')
  async onRegistered(@Payload() event: CloudEvent<'artifact.registered', ArtifactRegistered>): Promise<void> {
    await this.notifications.noteVersion(event);
  }
}
