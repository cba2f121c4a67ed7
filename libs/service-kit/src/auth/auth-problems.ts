import type { Role } from '@croupier/contracts';
import { ProblemException } from '../problems/problem-exception';
import type { Resource } from './rules/resource';

const RETRY_AFTER_OUTAGE_SECONDS = 2;

export function unauthenticated(): ProblemException {
  const detail = 'is missing, or is no valid token';
  return new ProblemException({
    slug: 'unauthorized',
    status: 401,
    title: 'A valid token is needed',
    detail: `Authorization ${detail}.`,
    remedy: 'Send Authorization: Bearer with a token that is not expired.',
    errors: [{ field: 'authorization', detail }],
  });
}

export function nobodyNamed(claim: string): ProblemException {
  const detail = `has no name in its claim ${claim}`;
  return new ProblemException({
    slug: 'unauthorized',
    status: 401,
    title: 'A valid token is needed',
    detail: `The token ${detail}.`,
    remedy: 'Name in OIDC_ACTOR_CLAIM a claim of 1 to 100 letters, digits or . _ @ + -, such as email.',
    errors: [{ field: 'authorization', detail }],
  });
}

export function forbidden(role: Role, { subject, markets }: Resource): ProblemException {
  const place = markets === null ? '' : ` in ${markets.join(', ')}`;
  const what = subject === '*' ? 'everything' : subject;
  return new ProblemException({
    slug: 'forbidden',
    status: 403,
    title: 'The token does not allow this',
    detail: `It needs the role ${role} for ${what}${place}.`,
    remedy:
      subject === '*'
        ? 'Ask an admin for a grant of that role, or name provider and game so that less is asked for.'
        : 'Ask an admin for a grant of that role.',
  });
}

/** Who may see only some things is not told which others there are. */
export function outOfScope(role: Role): ProblemException {
  return new ProblemException({
    slug: 'forbidden',
    status: 403,
    title: 'The token does not allow this',
    detail: `There is no such thing among those that the token has the role ${role} for.`,
    remedy: 'Look at the address, or ask an admin for a grant of that role.',
  });
}

export function forServicesOnly(): ProblemException {
  return new ProblemException({
    slug: 'forbidden',
    status: 403,
    title: 'The token does not allow this',
    detail: 'This is for the services among each other.',
    remedy: 'Send SERVICE_TOKEN, if this is a service.',
  });
}

export function notForServices(): ProblemException {
  return new ProblemException({
    slug: 'forbidden',
    status: 403,
    title: 'The token does not allow this',
    detail: 'SERVICE_TOKEN opens only what services need of each other.',
    remedy: 'Send a token of a person or program that has the role.',
  });
}

export function routeWithoutRule(): ProblemException {
  return new ProblemException({
    slug: 'forbidden',
    status: 403,
    title: 'The token does not allow this',
    detail: 'It is not said who may do this, so nobody may.',
    remedy: 'Tell the makers of Croupier the method and the path.',
  });
}

export function identityProviderUnavailable(): ProblemException {
  return new ProblemException({
    slug: 'identity-provider-unavailable',
    status: 503,
    title: 'The keys of the identity provider cannot be had',
    detail: 'Whether the token is valid cannot be known now.',
    remedy: 'Send the request again after Retry-After, or use OPERATOR_TOKEN.',
    retryAfterSeconds: RETRY_AFTER_OUTAGE_SECONDS,
  });
}

export function accessUnavailable(): ProblemException {
  return new ProblemException({
    slug: 'access-unavailable',
    status: 503,
    title: 'The service that knows API tokens cannot be asked',
    detail: 'Whether the token is valid cannot be known now.',
    remedy: 'Send the request again after Retry-After, or use OPERATOR_TOKEN.',
    retryAfterSeconds: RETRY_AFTER_OUTAGE_SECONDS,
  });
}

export function tooManyRequests(detail: string, waitMs: number): ProblemException {
  return new ProblemException({
    slug: 'too-many-requests',
    status: 429,
    title: 'Too many requests',
    detail,
    remedy: 'Send the request again after Retry-After.',
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
}
