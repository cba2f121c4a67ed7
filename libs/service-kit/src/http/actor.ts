import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { documenting } from './documenting';
import { malformedHeader } from './malformed-header';

const HEADER = 'x-croupier-actor';

/** Who acts when nobody is named: the token alone has been shown. */
const UNNAMED = 'operator';

/** Who acts, for the audit trail: the name that the holder of the token gives in `X-Croupier-Actor`. */
export const Actor = createParamDecorator(
  (_: unknown, context: ExecutionContext): string =>
    actorOf(context.switchToHttp().getRequest<FastifyRequest>().headers[HEADER]),
  [
    documenting(
      ApiHeader({
        name: 'X-Croupier-Actor',
        required: false,
        description: `Who acts, such as an address; \`${UNNAMED}\` unless given.`,
      }),
    ),
  ],
);

export function actorOf(header: string | readonly string[] | undefined): string {
  if (header === undefined) return UNNAMED;
  if (typeof header === 'string' && /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/.test(header)) return header;
  throw malformedHeader(
    HEADER,
    'is no name',
    'Send 1 to 100 letters, digits or . _ @ + -, such as an address.',
  );
}
