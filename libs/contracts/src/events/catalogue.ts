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
import {
  CacheInvalidated,
  FlagChanged,
  FlagRequested,
  MigrationOutcome,
  ReleaseApproved,
  ReleaseFailed,
  ReleaseQueued,
  ReleaseStaged,
  RolloutPaused,
  RolloutPromoted,
  RolloutRolledBack,
  RolloutStarted,
  RolloutStep,
  TrafficChanged,
  TrafficReturned,
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
  'release.approved': ReleaseApproved,
  'release.failed': ReleaseFailed,
  'migration.planned': MigrationOutcome,
  'migration.applied': MigrationOutcome,
  'migration.reverted': MigrationOutcome,
  'migration.contracted': MigrationOutcome,
  'migration.failed': MigrationOutcome,
  'rollout.started': RolloutStarted,
  'rollout.step': RolloutStep,
  'rollout.paused': RolloutPaused,
  'rollout.promoted': RolloutPromoted,
  'rollout.rolled_back': RolloutRolledBack,
  'traffic.changed': TrafficChanged,
  'traffic.returned': TrafficReturned,
  'cache.invalidated': CacheInvalidated,
  'flag.requested': FlagRequested,
  'flag.changed': FlagChanged,
} as const;

export type EventType = keyof typeof EVENTS;
export type EventData<Type extends EventType> = z.infer<(typeof EVENTS)[Type]>;
