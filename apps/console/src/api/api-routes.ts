import type { ServerResponse } from 'node:http';
import replyFrom from '@fastify/reply-from';
import { problemOf } from '@croupier/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { serviceAway, tooManyStreams, unknownApi } from './api-problems';
import { headersToBrowser, headersToService } from './forwarded-headers';
import type { ProxiedServices } from './proxied-services';

export interface ApiRoutesParts {
  readonly services: ProxiedServices;
  readonly apiTimeoutMs: number;
  readonly mostStreams: number;
}

interface ApiParams {
  readonly service: string;
  readonly '*': string;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** Beyond the streams: requests of one service that are under way at a time. */
const REQUESTS_PER_SERVICE = 64;

/** The services' APIs at the page's own origin. Who may do what is theirs to say: the caller's token is passed on. */
export async function registerApiRoutes(fastify: FastifyInstance, parts: ApiRoutesParts): Promise<void> {
  const { services, apiTimeoutMs, mostStreams } = parts;
  await fastify.register(async (api) => {
    const streams = new Set<ServerResponse>();
    // The server would wait for them to end by themselves.
    api.addHook('preClose', async () => {
      for (const stream of streams) stream.destroy();
    });
    api.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));
    api.removeAllContentTypeParsers();
    api.addContentTypeParser('*', (_request, body, done) => done(null, body));
    await api.register(replyFrom, {
      undici: {
        connections: mostStreams + REQUESTS_PER_SERVICE,
        pipelining: 1,
        connect: { timeout: CONNECT_TIMEOUT_MS },
        headersTimeout: apiTimeoutMs,
        bodyTimeout: apiTimeoutMs,
      },
      disableCache: true,
      destroyAgent: true,
      disableRequestLogging: true,
    });

    api.all<{ Params: ApiParams }>('/api/:service/*', (request, reply) => {
      const [path = ''] = request.url.split('?', 1);
      const { service } = request.params;
      const address = services.addressOf(service, path.slice(`/api/${service}`.length));
      if (address === null) throw unknownApi(path);
      if (isStream(request)) {
        if (streams.size >= mostStreams) throw tooManyStreams(mostStreams);
        streams.add(reply.raw);
        reply.raw.once('close', () => streams.delete(reply.raw));
      }
      return reply.from(address, {
        retryDelay: () => null,
        rewriteRequestHeaders: (_request, headers) => headersToService(headers),
        rewriteHeaders: (headers) => headersToBrowser(headers),
        onError: (_reply, { error }) => answerProblem(serviceAway(service, error), request, reply),
      });
    });
  });
}

function isStream({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/event-stream') ?? false;
}

function answerProblem(thrown: unknown, { url }: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(thrown);
  const { status, retryAfterSeconds } = problem.description;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  const [path = '/'] = url.split('?', 1);
  void reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(problem.toProblem(path)));
}
