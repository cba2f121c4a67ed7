import { accessMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { AccessModule } from './access-module';
import { parseForms } from './introspection/parse-forms';

export const service: ServiceDefinition = {
  name: 'access',
  description: 'Gives out API tokens, takes them back, and tells the services what a token may do.',
  module: AccessModule,
  migrations: accessMigrations,
  untracedPaths: ['/v1/introspect'],
  configureHttp: parseForms,
};
