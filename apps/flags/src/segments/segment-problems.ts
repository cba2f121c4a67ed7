import { ProblemException } from '@croupier/service-kit';

export function unknownSegment(name: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-segment',
    status: 404,
    title: 'There is no such segment',
    detail: `No segment is called ${name}.`,
    remedy: 'GET /v1/flag-segments lists them.',
    errors: [{ field: 'name', detail: 'names no segment' }],
  });
}
