import { WEBHOOK_BODY_LIMIT } from '@croupier/contracts';
import { aggregatorMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { AggregatorModule } from './aggregator-module';
import { receiveDirectly } from './webhooks/direct-reception';
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
    receiveDirectly(fastify, app, { path: WEBHOOKS, bodyLimitBytes: WEBHOOK_BODY_LIMIT });
  },
};
