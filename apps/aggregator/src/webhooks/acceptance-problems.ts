import { ProblemException } from '@croupier/service-kit';

/** Seconds. At its usual rate the queue is empty long before. */
const RETRY_AFTER_FULL = 1;

export function acceptanceFull(): ProblemException {
  return new ProblemException({
    slug: 'too-busy',
    status: 503,
    title: 'Too many webhooks wait to be stored',
    detail: 'The webhook was not stored.',
    remedy: 'Send it again after Retry-After, with the same id.',
    retryAfterSeconds: RETRY_AFTER_FULL,
  });
}

export function webhookIdReused(webhookId: string): ProblemException {
  return new ProblemException({
    slug: 'webhook-id-reused',
    status: 422,
    title: 'The id belongs to another webhook',
    detail: `A webhook ${webhookId} with another content was accepted before. This one was not stored.`,
    remedy: 'Give each webhook an id of its own. On a retry, send the same bytes under the same id.',
  });
}
