import { problemOf, ProblemException } from '@croupier/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

export function tokenNeeded(): ProblemException {
  return new ProblemException({
    slug: 'unauthorized',
    status: 401,
    title: 'A valid token is needed',
    detail: 'Authorization does not have a token that is known here.',
    remedy: 'Send the token of your environment in Authorization, as it stands.',
    errors: [{ field: 'authorization', detail: 'is not known' }],
  });
}

export function otherTokenNeeded(type: 'client' | 'frontend'): ProblemException {
  return new ProblemException({
    slug: 'wrong-token-type',
    status: 403,
    title: 'The token is for the other API',
    detail: `This API needs a ${type} token.`,
    remedy:
      'SDKs of servers use a client token on /api/client, those of browsers a frontend token on /api/frontend.',
    errors: [{ field: 'authorization', detail: `is no ${type} token` }],
  });
}

export function tooManyStreams(max: number): ProblemException {
  return new ProblemException({
    slug: 'too-many-streams',
    status: 429,
    title: 'Too many SDKs have a stream open',
    detail: `${max} are open, and there may be no more.`,
    remedy:
      'Poll /api/client/features meanwhile, as the SDKs do by themselves; operators raise FLAGS_STREAMS_MAX.',
    retryAfterSeconds: 30,
  });
}

/** These routes are outside Nest, whose filter would do the same. */
export function answerProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(thrown);
  const { status, retryAfterSeconds } = problem.description;
  if (status >= 500) request.log.error(thrown);
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  const [path = '/'] = request.url.split('?', 1);
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(problem.toProblem(path)));
}
