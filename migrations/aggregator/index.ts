import { ProvidersAndWebhooks1763900000000 } from './1763900000000-providers-and-webhooks';

export const aggregatorMigrations = [ProvidersAndWebhooks1763900000000];
