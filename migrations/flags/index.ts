import { Flags1763900000000 } from './1763900000000-flags';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';
import { FlagLedger1763900030000 } from './1763900030000-flag-ledger';

export const flagsMigrations = [
  Flags1763900000000,
  QueuedOutboxAndKeptDeadLetters1763900002000,
  FlagLedger1763900030000,
];
