import { ProblemException } from '@croupier/service-kit';

/** Set on answers that the gateway made because the game server gave none. */
export const FAULT_HEADER = 'x-croupier-fault';

export function noRoutingYet(): ProblemException {
  return new ProblemException({
    slug: 'no-routing',
    status: 503,
    title: 'The gateway has no routing yet',
    remedy: 'Try again in a moment.',
    retryAfterSeconds: 1,
  });
}

export function ending(): ProblemException {
  return new ProblemException({
    slug: 'ending',
    status: 503,
    title: 'The gateway is about to end',
    remedy: 'Send new connections to another replica.',
    retryAfterSeconds: 1,
  });
}

export function controlUnavailable(): ProblemException {
  return new ProblemException({
    slug: 'control-unavailable',
    status: 503,
    title: 'The gateway deals players, and can answer nothing else yet',
    detail: 'What follows the routing and answers operators needs PostgreSQL, and waits for it.',
    remedy: 'Look at the log of the gateway, and try again once PostgreSQL answers.',
    retryAfterSeconds: 5,
  });
}

export function unknownGame(provider: string, game: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-game',
    status: 404,
    title: 'This game is not dealt here',
    detail: `${provider}/${game} has no version in production.`,
    remedy: 'Check provider and game; a new game appears once its first version is promoted.',
  });
}

export function marketNotCertified(provider: string, game: string, market: string): ProblemException {
  return new ProblemException({
    slug: 'market-not-certified',
    status: 403,
    title: 'The game is not certified in this market',
    detail: `No version of ${provider}/${game} may be dealt in ${market}.`,
    remedy: 'Offer the game only in the markets its provider has certified.',
  });
}

export function overrideRefused(detail: string): ProblemException {
  return new ProblemException({
    slug: 'override-refused',
    status: 403,
    title: 'The version cannot be chosen',
    detail,
    remedy: 'Ask an operator for a grant of a version that is routed, or send no x-croupier-override.',
  });
}

export function sessionRequired(): ProblemException {
  return new ProblemException({
    slug: 'session-required',
    status: 401,
    title: 'A session token is needed',
    remedy: 'Launch the game and send its sessionToken in Authorization: Bearer or x-croupier-session.',
  });
}

export function sessionInvalid(): ProblemException {
  return new ProblemException({
    slug: 'session-invalid',
    status: 401,
    title: 'The session token is not one of ours',
    remedy: 'Launch the game again and send the sessionToken as it was given.',
  });
}

export function sessionExpired(): ProblemException {
  return new ProblemException({
    slug: 'session-expired',
    status: 401,
    title: 'The session is over',
    remedy: 'Launch the game again.',
  });
}

export function sessionOfAnotherGame(): ProblemException {
  return new ProblemException({
    slug: 'session-mismatch',
    status: 403,
    title: 'The session belongs to another game',
    remedy: 'Play under the playPath that the launch gave.',
  });
}

export function sessionVersionGone(version: string): ProblemException {
  return new ProblemException({
    slug: 'session-version-gone',
    status: 409,
    title: 'The version of this session is no longer served',
    detail: `Version ${version} was revoked or retired.`,
    remedy: 'Launch the game again to go on with the current version.',
  });
}

export function badRequestTarget(): ProblemException {
  return new ProblemException({
    slug: 'invalid-request-target',
    status: 400,
    title: 'The request cannot be passed on to the game',
    remedy: 'Send a path without dot segments and well-formed headers.',
  });
}

export function upstreamBusy(version: string): ProblemException {
  return new ProblemException({
    slug: 'upstream-busy',
    status: 503,
    title: 'The game server has too many requests under way',
    detail: `Version ${version} does not answer as fast as it is asked.`,
    remedy: 'Try again in a moment.',
    retryAfterSeconds: 1,
  });
}

export function upstreamUnreachable(version: string): ProblemException {
  return new ProblemException({
    slug: 'upstream-unreachable',
    status: 502,
    title: 'The game server does not answer',
    detail: `Version ${version} refused or broke the connection.`,
    remedy: 'Try again; repeat a request that moves money only with its idempotency key.',
  });
}

export function upstreamTimeout(version: string): ProblemException {
  return new ProblemException({
    slug: 'upstream-timeout',
    status: 504,
    title: 'The game server takes too long',
    detail: `Version ${version} did not answer in time.`,
    remedy: 'Try again; repeat a request that moves money only with its idempotency key.',
  });
}
