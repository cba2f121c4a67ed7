import { migratorMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { MigratorModule } from './migrator-module';

export const service: ServiceDefinition = {
  name: 'migrator',
  description: 'Schema migrations of modules: dry-run, apply, roll back.',
  module: MigratorModule,
  migrations: migratorMigrations,
  // A module's whole history at once.
  bodyLimitBytes: 8 * 1024 * 1024,
};
