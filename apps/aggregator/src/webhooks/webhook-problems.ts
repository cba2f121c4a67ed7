import { ProblemException } from '@croupier/service-kit';
import { WINDOW_SECONDS, type HeaderFault } from './standard-webhook';

export function unknownProvider(provider: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-provider',
    status: 404,
    title: 'There is no such provider',
    detail: `No provider is named ${provider}.`,
    remedy: 'Ask the operators for your provider name; they create it with PUT /v1/providers/{name}.',
  });
}

export function missingHeaders(faults: readonly HeaderFault[]): ProblemException {
  return new ProblemException({
    slug: 'missing-webhook-headers',
    status: 400,
    title: 'Headers of Standard Webhooks are missing or malformed',
    detail: faults.map(({ header, detail }) => `${header} ${detail}`).join('; '),
    remedy: 'Send webhook-id, webhook-timestamp and webhook-signature as Standard Webhooks 1.0.0 describes.',
    errors: faults.map(({ header, detail }) => ({ field: header, detail })),
  });
}

export function outsideWindow(nowMs: number): ProblemException {
  return new ProblemException({
    slug: 'webhook-timestamp-outside-window',
    status: 401,
    title: 'The webhook is too old or from the future',
    detail: `webhook-timestamp is over ${WINDOW_SECONDS} s away from ${Math.floor(nowMs / 1000)}, the time here.`,
    remedy: 'Set your clock, and sign each attempt anew with its own timestamp.',
    errors: [{ field: 'webhook-timestamp', detail: `must be within ${WINDOW_SECONDS} s of now` }],
  });
}

export function signatureMismatch(): ProblemException {
  return new ProblemException({
    slug: 'webhook-signature-mismatch',
    status: 401,
    title: 'The signature does not match',
    detail: 'No v1 signature matches the body and an active secret.',
    remedy:
      'Sign `{webhook-id}.{webhook-timestamp}.{body}` with HMAC-SHA256 and your current secret, over the bytes as sent.',
    errors: [{ field: 'webhook-signature', detail: 'has no v1 signature that matches' }],
  });
}
