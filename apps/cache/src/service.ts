import { cacheMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { CacheModule } from './cache-module';

export const service: ServiceDefinition = {
  name: 'cache',
  description: 'Invalidation of what Redis and CDNs hold of a game when another version takes over.',
  module: CacheModule,
  migrations: cacheMigrations,
};
