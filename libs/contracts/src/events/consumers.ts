import type { ServiceName } from '../services';
import type { EventType } from './catalogue';

/**
 * Which service consumes what. Every queue and binding is declared from here before anything is published,
 * so that an event waits for a consumer that has never run yet.
 */
export const CONSUMERS = {
  aggregator: [],
  registry: [
    'game.version.announced',
    'game.certified',
    'game.disabled',
    'module.released',
    'release.revoked',
    'release.staged',
    'release.failed',
    'rollout.promoted',
    'rollout.rolled_back',
    'traffic.changed',
  ],
  deployer: [
    'artifact.registered',
    'clearance.changed',
    'migration.planned',
    'migration.applied',
    'migration.reverted',
    'migration.contracted',
    'migration.failed',
    'cache.invalidated',
    'flag.changed',
  ],
  flags: ['flag.requested', 'release.failed', 'rollout.promoted', 'rollout.rolled_back'],
  cache: ['release.staged', 'rollout.promoted', 'rollout.rolled_back', 'clearance.changed'],
  migrator: [
    'release.staged',
    'release.failed',
    'rollout.promoted',
    'rollout.rolled_back',
    'rollback.completed',
  ],
  gateway: [],
  alerts: [
    'artifact.registered',
    'artifact.rejected',
    'clearance.changed',
    'certificate.expiring',
    'game.disabled',
    'release.revoked',
    'approval.requested',
    'release.approved',
    'release.failed',
    'migration.failed',
    'rollout.started',
    'rollout.paused',
    'rollout.held',
    'rollout.incident',
    'rollout.promoted',
    'rollout.rolled_back',
    'rollback.completed',
    'cache.invalidated',
    'message.dead',
  ],
} as const satisfies Record<ServiceName, readonly EventType[]>;
