export { createOutboxAndInbox, dropOutboxAndInbox } from './messaging/outbox-and-inbox';
export { createIdempotencyKeys, dropIdempotencyKeys } from './http/idempotency-keys';
export {
  queueOutboxAndKeepDeadLetters,
  restoreOutboxAndDeadLetters,
} from './messaging/queued-outbox-and-kept-dead-letters';
export { deployerMigrations } from './deployer';
export { gatewayMigrations } from './gateway';
export { cacheMigrations } from './cache';
export { flagsMigrations } from './flags';
export { migratorMigrations } from './migrator';
export { aggregatorMigrations } from './aggregator';
export { alertsMigrations } from './alerts';
export { registryMigrations } from './registry';
