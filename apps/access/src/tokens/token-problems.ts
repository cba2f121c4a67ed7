import { ProblemException } from '@croupier/service-kit';

export function unknownToken(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-token',
    status: 404,
    title: 'There is no such token',
    detail: `No token has the id ${id}.`,
    remedy: 'GET /v1/tokens lists them.',
  });
}

export function revokedToken(id: string): ProblemException {
  return new ProblemException({
    slug: 'token-revoked',
    status: 409,
    title: 'The token was revoked',
    detail: `${id} was revoked, which is for good.`,
    remedy: 'Create another token.',
  });
}
