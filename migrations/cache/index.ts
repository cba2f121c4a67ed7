import { Invalidations1763900000000 } from './1763900000000-invalidations';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';
import { InvalidationJobs1763900080000 } from './1763900080000-invalidation-jobs';
import { TracesOfJobs1763900081000 } from './1763900081000-traces-of-jobs';

export const cacheMigrations = [
  Invalidations1763900000000,
  QueuedOutboxAndKeptDeadLetters1763900002000,
  InvalidationJobs1763900080000,
  TracesOfJobs1763900081000,
];
