import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency-interceptor';
import { IDEMPOTENT, type IdempotentOptions } from './idempotent-options';

/**
 * A POST that is safe to repeat with the same `Idempotency-Key` for 24 hours
 * (draft-ietf-httpapi-idempotency-key-header-07). The service's migrations call `createIdempotencyKeys`.
 * What the handler does must be committed whole or not at all: a request that failed may be sent again.
 */
export const Idempotent = ({ required = false }: Partial<IdempotentOptions> = {}): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT, { required } satisfies IdempotentOptions),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required,
      description: 'A UUID, the same for every repetition of one request; its answer is kept for 24 hours.',
    }),
    ApiResponse({ status: 409, description: 'The first request with this key is still under way.' }),
  );
