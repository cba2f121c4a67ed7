import type { ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { headAnswers } from '../http/answer-headers';
import { connectionLimits, refuseConnection, type HttpLimits } from '../http/connection-limits';
import { isTooDeep } from '../http/json-depth';
import { ProblemException } from '../problems/problem-exception';
import { malformedJson, problemOf } from '../problems/problem-of';
import type { ServiceDefinition } from './service-definition';

const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;
const MAX_URL_LENGTH = 8 * 1024;

export function createAdapter(definition: ServiceDefinition, limits: HttpLimits): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: definition.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    requestTimeout: limits.HTTP_REQUEST_TIMEOUT_MS,
    keepAliveTimeout: limits.HTTP_KEEP_ALIVE_TIMEOUT_MS,
    http: connectionLimits(limits),
    clientErrorHandler: refuseConnection,
    forceCloseConnections: 'idle',
    // What has been accepted is answered, also while the service ends.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerWithProblem,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  refuseLongUrls(fastify);
  headAnswers(fastify, definition.untouchedPaths ?? []);
  parseJsonBodies(fastify, definition.rawBodyPaths ?? []);
  return adapter;
}

function refuseLongUrls(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.url.length <= MAX_URL_LENGTH) return done();
    done(
      new ProblemException({
        slug: 'url-too-long',
        status: 414,
        title: 'The URL is too long',
        remedy: `Send a URL of at most ${MAX_URL_LENGTH} characters.`,
      }),
    );
  });
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
  // Refuses `__proto__` and `constructor.prototype`, which JSON.parse makes fields of.
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser(['application/json', 'text/plain']);
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (rawBodyPaths.some((prefix) => request.url.startsWith(prefix))) return done(null, body);
    if (isTooDeep(body)) return done(malformedJson('It is nested too deep.'));
    const text = body.toString('utf8');
    void parse(request, text, (error, value) =>
      error ? done(malformedJson(faultOfJson(text))) : done(null, value),
    );
  });
}

/** Fastify's parser says no more than that it refuses. */
function faultOfJson(text: string): string {
  try {
    JSON.parse(text);
    return 'It has a field __proto__ or constructor.prototype.';
  } catch (error) {
    return (error as Error).message;
  }
}

export function serveOpenApi(
  app: INestApplication,
  fastify: FastifyInstance,
  definition: ServiceDefinition,
): void {
  const document = openApiOf(app, definition);
  fastify.get('/openapi.json', (_request, reply) => reply.send(document));
}

/** Generated from the controllers and the zod contracts. */
export function openApiOf(app: INestApplication, definition: ServiceDefinition): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle(`Croupier ${definition.name}`)
    .setDescription(definition.description)
    .setVersion('1')
    .addBearerAuth()
    .build();
  return cleanupOpenApiDoc(SwaggerModule.createDocument(app, config));
}
