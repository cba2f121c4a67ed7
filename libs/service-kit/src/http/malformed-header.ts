import { ProblemException } from '../problems/problem-exception';

export function malformedHeader(field: string, detail: string, remedy: string): ProblemException {
  return new ProblemException({
    slug: 'malformed-header',
    status: 400,
    title: 'A header is not in its form',
    detail: `${field} ${detail}.`,
    remedy,
    errors: [{ field, detail }],
  });
}
