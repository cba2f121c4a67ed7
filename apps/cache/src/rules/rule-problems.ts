import { ProblemException } from '@croupier/service-kit';

export function unknownRule(name: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-cache-rule',
    status: 404,
    title: 'There is no such rule',
    detail: `No rule is named ${name}.`,
    remedy: 'GET /v1/cache-rules lists them.',
  });
}

export function ruleTie(other: string): ProblemException {
  const detail = `is the scope of ${other} already`;
  return new ProblemException({
    slug: 'cache-rule-tie',
    status: 409,
    title: 'Another rule has this scope',
    detail: `scope ${detail}.`,
    remedy: `Change ${other}, or choose another scope.`,
    errors: [{ field: 'scope', detail }],
  });
}

export function tooManyRules(most: number): ProblemException {
  return new ProblemException({
    slug: 'too-many-cache-rules',
    status: 409,
    title: 'There are too many rules',
    detail: `There are ${most} already.`,
    remedy: 'Delete some, or let rules of providers stand in for those of subjects.',
  });
}

export function invalidRule(field: string, detail: string): ProblemException {
  return new ProblemException({
    slug: 'invalid-cache-rule',
    status: 422,
    title: 'No job could follow the rule',
    detail: `${field}: ${detail}.`,
    remedy: 'Correct the field in errors.',
    errors: [{ field, detail }],
  });
}
