export { createOutboxAndInbox, dropOutboxAndInbox } from './messaging/outbox-and-inbox';
export { createIdempotencyKeys, dropIdempotencyKeys } from './http/idempotency-keys';
export {
  queueOutboxAndKeepDeadLetters,
  restoreOutboxAndDeadLetters,
} from './messaging/queued-outbox-and-kept-dead-letters';
export { accessMigrations } from './access';
export { deployerMigrations } from './deployer';
export { gatewayMigrations } from './gateway';
export { cacheMigrations } from './cache';
export { consoleMigrations } from './console';
export { flagsMigrations } from './flags';
export { migratorMigrations } from './migrator';
export { aggregatorMigrations } from './aggregator';
export { alertsMigrations } from './alerts';
export { auditMigrations } from './audit';
export { registryMigrations } from './registry';
