import type { z } from 'zod';
import {
  GameCertified,
  GameDisabled,
  ModuleReleased,
  ReleaseRevoked,
  WebhookTested,
} from './announced-events';
import {
  ArtifactRegistered,
  ArtifactRejected,
  CertificateExpiring,
  ClearanceChanged,
  GameVersionAnnounced,
} from './artifact-events';
import { AuditRecorded } from './audit-events';
import { MessageDead } from './message-events';
import {
  ApprovalOverridden,
  ApprovalRequested,
  CacheInvalidated,
  FlagChanged,
  FlagRequested,
  MigrationOutcome,
  ReleaseApproved,
  ReleaseFailed,
  ReleaseQueued,
  ReleaseStaged,
  RollbackCompleted,
  RolloutHeld,
  RolloutIncident,
  RolloutPaused,
  RolloutPromoted,
  RolloutRolledBack,
  RolloutStarted,
  RolloutStep,
  TrafficChanged,
} from './release-events';

/** Every event type on the bus and the shape of its data. The type is also the routing key. */
export const EVENTS = {
  'game.version.announced': GameVersionAnnounced,
  'game.disabled': GameDisabled,
  'game.certified': GameCertified,
  'release.revoked': ReleaseRevoked,
  'module.released': ModuleReleased,
  'webhook.tested': WebhookTested,
  'artifact.registered': ArtifactRegistered,
  'artifact.rejected': ArtifactRejected,
  'clearance.changed': ClearanceChanged,
  'certificate.expiring': CertificateExpiring,
  'release.queued': ReleaseQueued,
  'release.staged': ReleaseStaged,
  'approval.requested': ApprovalRequested,
  'release.approved': ReleaseApproved,
  'approval.overridden': ApprovalOverridden,
  'release.failed': ReleaseFailed,
  'migration.planned': MigrationOutcome,
  'migration.applied': MigrationOutcome,
  'migration.reverted': MigrationOutcome,
  'migration.contracted': MigrationOutcome,
  'migration.failed': MigrationOutcome,
  'rollout.started': RolloutStarted,
  'rollout.step': RolloutStep,
  'rollout.paused': RolloutPaused,
  'rollout.held': RolloutHeld,
  'rollout.incident': RolloutIncident,
  'rollout.promoted': RolloutPromoted,
  'rollout.rolled_back': RolloutRolledBack,
  'rollback.completed': RollbackCompleted,
  'traffic.changed': TrafficChanged,
  'cache.invalidated': CacheInvalidated,
  'flag.requested': FlagRequested,
  'flag.changed': FlagChanged,
  'message.dead': MessageDead,
  'audit.recorded': AuditRecorded,
} as const;

export type EventType = keyof typeof EVENTS;
export type EventData<Type extends EventType> = z.infer<(typeof EVENTS)[Type]>;
