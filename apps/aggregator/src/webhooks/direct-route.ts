import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { WebhookController } from './webhook-controller';

/**
 * Takes Nest's guards, pipes and interceptors out of the way of the controller's one route, which needs none of them:
 * they cost more than everything that a webhook does need. What is thrown still becomes a problem in Nest's filter.
 */
export function routeDirectly(fastify: FastifyInstance, app: INestApplication, url: string): void {
  const controller = app.get(WebhookController);
  fastify.addHook('onRoute', (route) => {
    if (route.url !== url || route.method !== 'POST') return;
    route.handler = async (request, reply) => {
      const { provider } = request.params as { provider: string };
      void reply.code(202);
      return controller.receive(provider, request, reply);
    };
  });
}
