import { VersionsAndPools1763900000000 } from './1763900000000-versions-and-pools';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';
import { ArtifactSources1763900030000 } from './1763900030000-artifact-sources';
import { CatalogAndClearance1763900046000 } from './1763900046000-catalog-and-clearance';
import { CertificatesByMarket1763900047000 } from './1763900047000-certificates-by-market';
import { TrafficByMarket1763900117000 } from './1763900117000-traffic-by-market';

export const registryMigrations = [
  VersionsAndPools1763900000000,
  QueuedOutboxAndKeptDeadLetters1763900002000,
  ArtifactSources1763900030000,
  CatalogAndClearance1763900046000,
  CertificatesByMarket1763900047000,
  TrafficByMarket1763900117000,
];
