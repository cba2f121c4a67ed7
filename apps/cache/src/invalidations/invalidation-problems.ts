import { ProblemException } from '@croupier/service-kit';

export function unknownInvalidation(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-invalidation',
    status: 404,
    title: 'There is no such invalidation',
    detail: `No job has the id ${id}.`,
    remedy: 'GET /v1/invalidations lists them.',
  });
}

export function unknownTarget(name: string, known: readonly string[], field: string): ProblemException {
  const detail = `${name} is none of ${known.join(', ')}`;
  return new ProblemException({
    slug: 'unknown-target',
    status: 422,
    title: 'There is no such cache',
    detail: `${field}: ${detail}.`,
    remedy: 'GET /v1/targets lists them; CACHE_TARGETS adds some.',
    errors: [{ field, detail }],
  });
}

export function targetCannot(field: string, detail: string): ProblemException {
  return new ProblemException({
    slug: 'target-cannot',
    status: 422,
    title: 'No cache that was named can do this',
    detail: `${field}: ${detail}.`,
    remedy: 'Name other targets, or select in another way: docs/cache.md says what each can do.',
    errors: [{ field, detail }],
  });
}

export function invalidationOver(id: string, state: string): ProblemException {
  return new ProblemException({
    slug: 'invalidation-over',
    status: 409,
    title: 'The invalidation is over',
    detail: `${id} is ${state}.`,
    remedy: 'Start another one.',
  });
}
