import { flagsMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { FlagsModule } from './flags-module';

export const service: ServiceDefinition = {
  name: 'flags',
  description: 'Feature flags, served to Unleash SDKs and moved by promotions and rollbacks.',
  module: FlagsModule,
  migrations: flagsMigrations,
};
