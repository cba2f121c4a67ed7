import cors from '@fastify/cors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerProblem, otherTokenNeeded, tokenNeeded } from '../client-api/api-problems';
import { ClientMetrics } from '../client-api/client-reports';
import { parsed, type ClientApiParts } from '../client-api/client-routes';
import { contextOf, contextOfQuery, FrontendBody } from './context';

const JSON_TYPE = 'application/json; charset=utf-8';
const DAY_SECONDS = 86_400;

/** Unleash's frontend API: answers instead of rules, for SDKs in browsers and phones. */
export async function registerFrontendApi(
  fastify: FastifyInstance,
  { live, tokens, counts }: Omit<ClientApiParts, 'streams'>,
  origins: readonly string[],
): Promise<void> {
  const environmentOf = ({ headers }: FastifyRequest): string => {
    const token = tokens.find(headers.authorization);
    if (token === null) throw tokenNeeded();
    if (token.type !== 'frontend') throw otherTokenNeeded('frontend');
    return token.environment;
  };
  const answer = (
    request: FastifyRequest,
    reply: FastifyReply,
    given: Parameters<typeof contextOf>[0],
  ): FastifyReply => {
    const environment = environmentOf(request);
    const context = contextOf(given, { address: request.ip, environment });
    return reply
      .type(JSON_TYPE)
      .header('cache-control', 'no-cache')
      .send(live.environment(environment).evaluator.answer(context));
  };
  await fastify.register(async (api) => {
    api.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));
    await api.register(cors, {
      origin: origins.includes('*') ? '*' : [...origins],
      maxAge: DAY_SECONDS,
      exposedHeaders: ['ETag'],
    });

    api.get<{ Querystring: Record<string, unknown> }>(
      '/api/frontend',
      { exposeHeadRoute: false },
      (request, reply) => answer(request, reply, contextOfQuery(request.query)),
    );

    api.post('/api/frontend', (request, reply) =>
      answer(request, reply, parsed(FrontendBody, request.body ?? {}).context),
    );

    api.post('/api/frontend/client/register', (request, reply) => {
      environmentOf(request);
      return reply.code(200).send();
    });

    api.post('/api/frontend/client/metrics', (request, reply) => {
      environmentOf(request);
      counts.add(parsed(ClientMetrics, request.body));
      return reply.code(200).send();
    });
  });
}
