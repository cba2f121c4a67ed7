import { invalidRequest } from '@croupier/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { LiveFlags } from '../live/live-flags';
import type { LiveEnvironment } from '../live/live-environment';
import type { FeatureQuery } from '../live/snapshot';
import type { TokenBook } from '../tokens/token-book';
import { answerProblem, otherTokenNeeded, tokenNeeded } from './api-problems';
import { BulkMetrics, ClientMetrics, ClientRegistration } from './client-reports';
import type { EvaluationCounts } from './evaluation-counts';
import { noneMatchNames } from './etag';
import type { Streams } from './streams';

export interface ClientApiParts {
  readonly tokens: TokenBook;
  readonly live: LiveFlags;
  readonly streams: Streams;
  readonly counts: EvaluationCounts;
}

interface FeaturesRequest {
  Querystring: { readonly namePrefix?: string; readonly project?: string | string[] };
}

const EVERYTHING: FeatureQuery = { namePrefix: null, projects: null, inline: false };
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Unleash's client API (https://docs.getunleash.io/api), beside Nest's router: no guard, pipe or interceptor, and bytes
 * that were made with the last change.
 */
export async function registerClientApi(fastify: FastifyInstance, parts: ClientApiParts): Promise<void> {
  const { live, tokens, streams, counts } = parts;
  const environmentOf = ({ headers }: FastifyRequest): LiveEnvironment => {
    const token = tokens.find(headers.authorization);
    if (token === null) throw tokenNeeded();
    if (token.type !== 'client') throw otherTokenNeeded('client');
    return live.environment(token.environment);
  };
  await fastify.register(async (api) => {
    api.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));

    api.get<FeaturesRequest>('/api/client/features', { exposeHeadRoute: false }, (request, reply) => {
      const { headers } = request;
      const { etag, body, gzipped } = environmentOf(request).snapshot.document(queryOf(request));
      if (headers['if-none-match'] === etag || noneMatchNames(headers['if-none-match'], etag))
        return reply.code(304).header('etag', etag).send();
      void reply.header('etag', etag).header('cache-control', 'no-cache').type(JSON_TYPE);
      if (!acceptsGzip(headers['accept-encoding'])) return reply.header('vary', 'accept-encoding').send(body);
      return reply.header('vary', 'accept-encoding').header('content-encoding', 'gzip').send(gzipped);
    });

    api.get<{ Params: { name: string } }>(
      '/api/client/features/:name',
      { exposeHeadRoute: false },
      (request, reply) => {
        const feature = environmentOf(request).snapshot.features.get(request.params.name);
        if (feature === undefined) return reply.callNotFound();
        return reply.type(JSON_TYPE).send(JSON.stringify(feature));
      },
    );

    api.get('/api/client/delta', { exposeHeadRoute: false }, (request, reply) => {
      const environment = environmentOf(request);
      const { snapshot } = environment;
      const seen = revisionOf(request.headers['if-none-match']);
      void reply.header('etag', `"${snapshot.revision}"`).header('cache-control', 'no-cache');
      const missed = seen === null ? null : environment.since(seen);
      if (missed?.length === 0) return reply.code(304).send();
      return reply
        .type(JSON_TYPE)
        .send(missed === null ? snapshot.hydration() : JSON.stringify({ events: missed }));
    });

    api.get('/api/client/streaming', { exposeHeadRoute: false }, (request, reply) => {
      const environment = environmentOf(request);
      const seen = revisionOf(request.headers['last-event-id']);
      streams.open(environment, { request: request.raw, response: reply.raw }, seen);
      reply.hijack();
    });

    api.post('/api/client/register', (request, reply) => {
      environmentOf(request);
      parsed(ClientRegistration, request.body);
      return accepted(reply);
    });

    api.post('/api/client/metrics', (request, reply) => {
      environmentOf(request);
      counts.add(parsed(ClientMetrics, request.body));
      return accepted(reply);
    });

    api.post('/api/client/metrics/bulk', (request, reply) => {
      environmentOf(request);
      counts.addAll(parsed(BulkMetrics, request.body));
      return accepted(reply);
    });
  });
  fastify.addHook('preClose', async () => streams.close());
}

export function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalidRequest(result.error);
}

function accepted(reply: FastifyReply): FastifyReply {
  return reply.code(202).send();
}

function queryOf({ query, headers }: FastifyRequest<FeaturesRequest>): FeatureQuery {
  const inline = !knowsSegments(headers['unleash-client-spec']);
  const { namePrefix, project } = query;
  if (!inline && namePrefix === undefined && project === undefined) return EVERYTHING;
  return {
    inline,
    namePrefix: namePrefix === undefined ? null : String(namePrefix).slice(0, 100),
    projects: project === undefined ? null : [project].flat().slice(0, 50),
  };
}

/** Since version 4.2 of the client specification. */
function knowsSegments(spec: string | string[] | undefined): boolean {
  const [, major = '0', minor = '0'] = /^\^?(\d+)\.(\d+)/.exec(String(spec ?? '')) ?? [];
  return Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 2);
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return header !== undefined && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(header));
}

/** Of an ETag or an event id: `"17"`, `W/"17"`, `17`. */
function revisionOf(header: string | string[] | undefined): number | null {
  const digits = /^(?:W\/)?"?(\d{1,15})"?$/.exec(String(header ?? ''))?.[1];
  return digits === undefined ? null : Number(digits);
}
