import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import '../auth/callers/caller';
import { documenting } from './documenting';
import { malformedHeader } from './malformed-header';

const HEADER = 'x-croupier-actor';

/** Who acts when nobody is named: the token alone has been shown. */
const UNNAMED = 'operator';

/**
 * Who acts, for the audit trail: the holder of the token. Of a token that many share, it is whom `X-Croupier-Actor`
 * names; of any other one the header says nothing.
 */
export const Actor = createParamDecorator(
  (_: unknown, context: ExecutionContext): string =>
    actorOfRequest(context.switchToHttp().getRequest<FastifyRequest>()),
  [
    documenting(
      ApiHeader({
        name: 'X-Croupier-Actor',
        required: false,
        description: `Who acts, such as an address; \`${UNNAMED}\` unless given. Believed from OPERATOR_TOKEN alone.`,
      }),
    ),
  ],
);

export function actorOfRequest({ caller, headers }: Pick<FastifyRequest, 'caller' | 'headers'>): string {
  if (caller?.kind === 'person' || caller?.kind === 'token') return caller.actor;
  return actorOf(headers[HEADER]);
}

export function actorOf(header: string | readonly string[] | undefined): string {
  if (header === undefined) return UNNAMED;
  if (typeof header === 'string' && /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/.test(header)) return header;
  throw malformedHeader(
    HEADER,
    'is no name',
    'Send 1 to 100 letters, digits or . _ @ + -, such as an address.',
  );
}
