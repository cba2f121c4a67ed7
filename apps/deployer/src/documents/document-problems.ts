import { ProblemException } from '@croupier/service-kit';

/** A document of operators is asked for that does not exist. */
export function unknownDocument(kind: 'policy' | 'freeze', name: string): ProblemException {
  const collection = kind === 'policy' ? 'policies' : 'freezes';
  return new ProblemException({
    slug: `unknown-${kind}`,
    status: 404,
    title: `There is no such ${kind}`,
    detail: `No ${kind} is called ${name}.`,
    remedy: `GET /v1/${collection} lists them.`,
    errors: [{ field: 'name', detail: `names no ${kind}` }],
  });
}

export function tooMany(kind: 'policies' | 'freezes', limit: number): ProblemException {
  return new ProblemException({
    slug: `too-many-${kind}`,
    status: 409,
    title: `There are too many ${kind}`,
    detail: `There may be ${limit} at a time.`,
    remedy: `Delete ${kind} that nobody needs any more.`,
  });
}
