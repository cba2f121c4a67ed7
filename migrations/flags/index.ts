import { Flags1763900000000 } from './1763900000000-flags';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';

export const flagsMigrations = [Flags1763900000000, QueuedOutboxAndKeptDeadLetters1763900002000];
