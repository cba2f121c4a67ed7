import { flagsMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { registerClientApi, type ClientApiParts } from './client-api/client-routes';
import { EvaluationCounts } from './client-api/evaluation-counts';
import { Streams } from './client-api/streams';
import { FlagsConfig } from './flags-config';
import { FlagsModule } from './flags-module';
import { registerFrontendApi } from './frontend-api/frontend-routes';
import { LiveFlags } from './live/live-flags';
import { TokenBook } from './tokens/token-book';

export const service: ServiceDefinition = {
  name: 'flags',
  description: 'Feature flags, served to Unleash SDKs and moved by promotions and rollbacks.',
  module: FlagsModule,
  migrations: flagsMigrations,
  logsRequests: false,
  untracedPaths: ['/api/'],
  configureHttp: async (fastify, app) => {
    const parts: ClientApiParts = {
      live: app.get(LiveFlags),
      tokens: app.get(TokenBook),
      counts: app.get(EvaluationCounts),
      streams: app.get(Streams),
    };
    await registerClientApi(fastify, parts);
    await registerFrontendApi(fastify, parts, app.get(FlagsConfig).frontendOrigins);
  },
};
