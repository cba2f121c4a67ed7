import { registryMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { RegistryModule } from './registry-module';

/** Thousands of certificates in one import. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

export const service: ServiceDefinition = {
  name: 'registry',
  description: 'Artifact version tracking: catalog, versions, digests, markets, certificates and pools.',
  module: RegistryModule,
  migrations: registryMigrations,
  bodyLimitBytes: BODY_LIMIT_BYTES,
  configureHttp: (fastify) => {
    // For imports, which look at it themselves.
    fastify.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
  },
};
