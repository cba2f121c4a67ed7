import { deployerMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { DeployerModule } from './deployer-module';

const TELEMETRY_BODY_LIMIT_BYTES = 8 * 1024 * 1024;

export const service: ServiceDefinition = {
  name: 'deployer',
  description: 'Releases, pipelines, rollouts, analysis and rollback.',
  module: DeployerModule,
  migrations: deployerMigrations,
  untracedPaths: ['/v1/telemetry', '/v1/metrics'],
  bodyLimitBytes: TELEMETRY_BODY_LIMIT_BYTES,
};
