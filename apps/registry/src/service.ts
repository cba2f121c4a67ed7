import { registryMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { RegistryModule } from './registry-module';

export const service: ServiceDefinition = {
  name: 'registry',
  description: 'Artifact version tracking: catalog, versions, digests, markets and pools.',
  module: RegistryModule,
  migrations: registryMigrations,
};
