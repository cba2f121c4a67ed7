import replyFrom from '@fastify/reply-from';
import { ANSWER_HEADERS, problemOf } from '@croupier/service-kit';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { LAUNCH_HEADERS } from './launch/direct-launch';
import type { LaunchHandler } from './launch/launch-game';
import { PlayHandler, type GameParams, type PlayParts } from './play/play-handler';

export interface PlayerRoutesParts extends PlayParts {
  readonly launches: LaunchHandler;
  readonly upstreamTimeoutMs: number;
}

const CONNECTIONS_PER_UPSTREAM = 256;
const CONNECT_TIMEOUT_MS = 2_000;
const CACHED_URLS = 1_000;
const PROBLEM_HEADERS = { ...ANSWER_HEADERS, 'cache-control': 'no-store' };

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

    players.get<{ Params: GameParams }>(
      '/v1/launch/:provider/:game',
      { exposeHeadRoute: false },
      (request, reply) => {
        const { provider, game } = request.params;
        const launch = parts.launches.launch(provider, game, request.query, request.headers);
        void reply.headers(LAUNCH_HEADERS).send(launch);
      },
    );

    const plays = new PlayHandler(parts);
    players.all<{ Params: GameParams }>('/play/:provider/:game/*', (request, reply) =>
      plays.play(request, reply),
    );
    players.all('/preview/*', (request, reply) => plays.preview(request, reply));
    players.addHook('onClose', () => plays.close());
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
    .headers(PROBLEM_HEADERS)
    .type('application/problem+json')
    .send(JSON.stringify(problem.toProblem(path)));
}
