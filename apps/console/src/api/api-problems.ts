import { ProblemException } from '@croupier/service-kit';

export function unknownApi(path: string): ProblemException {
  return new ProblemException({
    slug: 'not-found',
    status: 404,
    title: 'There is no such API',
    detail: `${path} is not an API that the console passes on.`,
    remedy: 'Ask for /api/<service>/v1/..., such as /api/deployer/v1/releases.',
  });
}

export function serviceAway(service: string, cause: Error): ProblemException {
  return new ProblemException({
    slug: 'service-away',
    status: 502,
    title: 'The service does not answer',
    detail: `${service} does not answer the console: ${cause.message}`,
    remedy: `See whether ${service} runs and is ready, and whether ${service.toUpperCase()}_URL is its address.`,
    retryAfterSeconds: 2,
  });
}

export function tooManyStreams(most: number): ProblemException {
  return new ProblemException({
    slug: 'too-many-streams',
    status: 503,
    title: 'Too many streams are open',
    detail: `The console passes on ${most} streams of events at a time.`,
    remedy: 'Close pages that nobody looks at, or raise CONSOLE_MOST_STREAMS.',
    retryAfterSeconds: 10,
  });
}
