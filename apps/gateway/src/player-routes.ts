import replyFrom from '@fastify/reply-from';
import { problemOf } from '@croupier/service-kit';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { LaunchHandler, type LaunchParts } from './launch/launch-game';
import { PlayHandler, type GameParams, type PlayParts } from './play/play-handler';

export interface PlayerRoutesParts extends LaunchParts, PlayParts {
  readonly upstreamTimeoutMs: number;
}

const CONNECTIONS_PER_UPSTREAM = 256;
const CONNECT_TIMEOUT_MS = 2_000;
const CACHED_URLS = 1_000;
const JSON_TYPE = 'application/json; charset=utf-8';

/** The hot path, beside Nest's router: no guard, pipe or interceptor, and bodies that are never read here. */
export async function registerPlayerRoutes(
  fastify: FastifyInstance,
  parts: PlayerRoutesParts,
): Promise<void> {
  await fastify.register(async (players) => {
    players.setErrorHandler((error, request, reply) => answerProblem(error, request.url, reply));
    players.removeAllContentTypeParsers();
    players.addContentTypeParser('*', (_request, body, done) => done(null, body));
    await players.register(replyFrom, {
      undici: {
        connections: CONNECTIONS_PER_UPSTREAM,
        pipelining: 1,
        connect: { timeout: CONNECT_TIMEOUT_MS },
        headersTimeout: parts.upstreamTimeoutMs,
        bodyTimeout: parts.upstreamTimeoutMs,
      },
      cacheURLs: CACHED_URLS,
      destroyAgent: true,
      disableRequestLogging: true,
    });

    const launches = new LaunchHandler(parts);
    players.get<{ Params: GameParams; Querystring: Record<string, unknown> }>(
      '/v1/launch/:provider/:game',
      { exposeHeadRoute: false },
      (request, reply) => {
        const { provider, game } = request.params;
        const launch = launches.launch(provider, game, request.query);
        void reply.header('cache-control', 'no-store').header('content-type', JSON_TYPE).send(launch);
      },
    );

    const plays = new PlayHandler(parts);
    players.all<{ Params: GameParams }>('/play/:provider/:game/*', (request, reply) =>
      plays.play(request, reply),
    );
  });
}

/** Unlogged, unlike the kit's: a version that fails must not fill the log at the rate of its traffic. */
export function answerProblem(thrown: unknown, url: string, reply: FastifyReply): void {
  const problem = problemOf(thrown);
  const { status, retryAfterSeconds } = problem.description;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  const [path = '/'] = url.split('?', 1);
  void reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(problem.toProblem(path)));
}
