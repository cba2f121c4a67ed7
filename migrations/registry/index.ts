import { VersionsAndPools1763900000000 } from './1763900000000-versions-and-pools';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';
import { CatalogAndClearance1763900046000 } from './1763900046000-catalog-and-clearance';

export const registryMigrations = [
  VersionsAndPools1763900000000,
  QueuedOutboxAndKeptDeadLetters1763900002000,
  CatalogAndClearance1763900046000,
];
