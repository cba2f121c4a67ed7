import type { ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { malformedJson, problemOf } from '../problems/problem-of';
import type { ServiceDefinition } from './service-definition';

const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;

export function createAdapter(definition: ServiceDefinition): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: definition.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerWithProblem,
  });
  parseJsonBodies(adapter.getInstance<FastifyInstance>(), definition.rawBodyPaths ?? []);
  return adapter;
}

/** What Fastify refuses before there is a route, such as a malformed address, never reaches Nest's filter. */
function answerWithProblem(error: Error, { url }: { url: string }, { raw }: { raw: ServerResponse }): void {
  const problem = problemOf(error);
  raw
    .writeHead(problem.description.status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify(problem.toProblem(url.split('?', 1)[0] ?? '/')));
}

/** JSON everywhere; raw bytes where a signature covers them, so that nothing is parsed before it is verified. */
function parseJsonBodies(fastify: FastifyInstance, rawBodyPaths: readonly string[]): void {
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (rawBodyPaths.some((prefix) => request.url.startsWith(prefix))) return done(null, body);
    try {
      return done(null, JSON.parse(body.toString('utf8')));
    } catch (error) {
      return done(malformedJson((error as Error).message));
    }
  });
}

/** The OpenAPI document is generated from the controllers and the zod contracts. */
export function serveOpenApi(
  app: INestApplication,
  fastify: FastifyInstance,
  definition: ServiceDefinition,
): void {
  const config = new DocumentBuilder()
    .setTitle(`Croupier ${definition.name}`)
    .setDescription(definition.description)
    .setVersion('1')
    .addBearerAuth()
    .build();
  const document = cleanupOpenApiDoc(SwaggerModule.createDocument(app, config));
  fastify.get('/openapi.json', (_request, reply) => reply.send(document));
}
