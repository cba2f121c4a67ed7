import { alertsMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { AlertsModule } from './alerts-module';

export const service: ServiceDefinition = {
  name: 'alerts',
  description: 'Tells people what happens to releases: in Slack, by PagerDuty, by webhooks.',
  module: AlertsModule,
  migrations: alertsMigrations,
};
