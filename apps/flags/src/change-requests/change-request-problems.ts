import { ProblemException } from '@croupier/service-kit';

export function unknownChangeRequest(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-change-request',
    status: 404,
    title: 'There is no such change request',
    detail: `No change request has the id ${id}.`,
    remedy: 'GET /v1/flag-change-requests lists them.',
    errors: [{ field: 'id', detail: 'names no change request' }],
  });
}

export function requestSettled(status: string): ProblemException {
  return new ProblemException({
    slug: 'change-request-settled',
    status: 409,
    title: 'The change request does not wait for this any more',
    detail: `It is ${status} by now.`,
    remedy: 'GET it to see what has become of it; make a new one if need be.',
  });
}

export function approverMissing(detail: string): ProblemException {
  return new ProblemException({
    slug: 'approver-not-allowed',
    status: 403,
    title: 'This person cannot approve of the change',
    detail,
    remedy: 'Have somebody else approve, who is named in X-Croupier-Actor.',
    errors: [{ field: 'x-croupier-actor', detail }],
  });
}
