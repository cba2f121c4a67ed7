import { ProblemException } from '@croupier/service-kit';
import type { MappingFault } from '../mapping/mapping-fault';

/** Refuses one field of a request, as the validation of its schema does. */
export function invalidField(field: string, detail: string): ProblemException {
  return new ProblemException({
    slug: 'invalid-request',
    status: 422,
    title: 'The request is not valid',
    detail: `${field}: ${detail}`,
    remedy: 'Correct the fields listed in errors and send the request again.',
    errors: [{ field, detail }],
  });
}

export function invalidMapping(field: string, { message, at }: MappingFault): ProblemException {
  return invalidField(field, at ? `${message} At line ${at.line}, column ${at.column}.` : message);
}

export function secretWithoutUse(provider: string): ProblemException {
  return new ProblemException({
    slug: 'provider-has-no-secret',
    status: 409,
    title: 'The signature of this provider has no secret',
    detail: `${provider} is known by its client certificate.`,
    remedy: 'Change the subjects of its signature with PATCH /v1/providers/{name}.',
  });
}
