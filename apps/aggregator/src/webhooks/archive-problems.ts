import { ProblemException } from '@croupier/service-kit';

export function unknownWebhook(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-webhook',
    status: 404,
    title: 'There is no such webhook',
    detail: `No webhook with the id ${id} is kept.`,
    remedy: 'GET /v1/webhooks lists those that are; they are kept for WEBHOOK_RETENTION_DAYS.',
  });
}

export function searchTooBroad(): ProblemException {
  return new ProblemException({
    slug: 'search-too-broad',
    status: 422,
    title: 'The search takes too long',
    remedy: 'Give a provider and a shorter time between since and until.',
  });
}

export function invalidCursor(): ProblemException {
  return new ProblemException({
    slug: 'invalid-request',
    status: 422,
    title: 'The request is not valid',
    detail: 'after: must be the next of the page before',
    remedy: 'Correct the fields listed in errors and send the request again.',
    errors: [{ field: 'after', detail: 'must be the next of the page before' }],
  });
}

export function nothingToRedeliver(reason: string): ProblemException {
  return new ProblemException({
    slug: 'nothing-to-redeliver',
    status: 409,
    title: 'The webhook publishes nothing as the provider is set up now',
    detail: reason,
    remedy: "Look at the provider's payload and event types; try a mapping with POST /v1/mappings/dry-run.",
  });
}
