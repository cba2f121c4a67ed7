import { auditMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { AuditModule } from './audit-module';

export const service: ServiceDefinition = {
  name: 'audit',
  description: 'Who changed what, when and why: appended, hash-chained, signed, never changed.',
  module: AuditModule,
  migrations: auditMigrations,
};
