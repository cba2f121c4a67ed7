import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { documenting } from './documenting';
import { preconditionIfAny, preconditionOf, type Precondition } from './precondition';

const documentation = [
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag that the resource had when you decided on the change.',
  }),
  ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: '`*`, instead of If-Match: create, and change nothing that exists.',
  }),
  ApiResponse({ status: 412, description: 'The resource is in another state by now.' }),
];

/** The precondition of a change; refused with 428 when there is none. For `requirePrecondition`, within the change. */
export const Expected = createParamDecorator(
  (_: unknown, context: ExecutionContext): Precondition => preconditionOf(headersOf(context)),
  [
    documenting(
      ...documentation,
      ApiResponse({ status: 428, description: 'Neither If-Match nor If-None-Match is there.' }),
    ),
  ],
);

/** The precondition of a change that needs none; null when there is none. */
export const ExpectedIfAny = createParamDecorator(
  (_: unknown, context: ExecutionContext): Precondition | null => preconditionIfAny(headersOf(context)),
  [documenting(...documentation)],
);

function headersOf(context: ExecutionContext): FastifyRequest['headers'] {
  return context.switchToHttp().getRequest<FastifyRequest>().headers;
}
