import { ModuleMigrations1763900000000 } from './1763900000000-module-migrations';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';
import { KindsOfMigrations1763900087000 } from './1763900087000-kinds-of-migrations';
import { ProofsAndContracts1763900030000 } from './1763900030000-proofs-and-contracts';

export const migratorMigrations = [
  ModuleMigrations1763900000000,
  QueuedOutboxAndKeptDeadLetters1763900002000,
  ProofsAndContracts1763900030000,
  KindsOfMigrations1763900087000,
];
