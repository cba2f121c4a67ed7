import { consoleMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { registerApiRoutes } from './api/api-routes';
import { ProxiedServices } from './api/proxied-services';
import { ConsoleConfig } from './console-config';
import { ConsoleModule } from './console-module';
import { registerPageRoutes } from './page/page-routes';

export const service: ServiceDefinition = {
  name: 'console',
  description: "The operators' web page, and the APIs it calls, from one origin.",
  module: ConsoleModule,
  migrations: consoleMigrations,
  configureHttp: async (fastify, app) => {
    const { apiTimeoutMs, mostStreams } = app.get(ConsoleConfig);
    await registerApiRoutes(fastify, { services: app.get(ProxiedServices), apiTimeoutMs, mostStreams });
    await registerPageRoutes(fastify);
  },
};
