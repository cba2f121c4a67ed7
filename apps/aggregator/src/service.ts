import { WEBHOOK_BODY_LIMIT } from '@croupier/contracts';
import { aggregatorMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { AggregatorModule } from './aggregator-module';
import { routeDirectly } from './webhooks/direct-route';
import { takeWebhooksOfAnyJson } from './webhooks/json-bodies';

const WEBHOOKS = '/v1/webhooks/';

export const service: ServiceDefinition = {
  name: 'aggregator',
  description: 'Provider webhooks in: verified, durable, deduplicated; events out.',
  module: AggregatorModule,
  migrations: aggregatorMigrations,
  rawBodyPaths: [WEBHOOKS],
  bodyLimitBytes: WEBHOOK_BODY_LIMIT,
  logsRequests: false,
  configureHttp: (fastify, app) => {
    takeWebhooksOfAnyJson(fastify, WEBHOOKS);
    routeDirectly(fastify, app, `${WEBHOOKS}:provider`);
  },
};
