import { ProvidersAndWebhooks1763900000000 } from './1763900000000-providers-and-webhooks';
import { ProviderSettingsAndRetention1763900001000 } from './1763900001000-provider-settings-and-retention';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';

export const aggregatorMigrations = [
  ProvidersAndWebhooks1763900000000,
  ProviderSettingsAndRetention1763900001000,
  QueuedOutboxAndKeptDeadLetters1763900002000,
];
