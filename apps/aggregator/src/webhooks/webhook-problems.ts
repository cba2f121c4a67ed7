import { ProblemException } from '@croupier/service-kit';
import type { MappingFault } from '../mapping/mapping-fault';
import type { HeaderFault } from '../signatures/signature-scheme';

export function unknownProvider(provider: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-provider',
    status: 404,
    title: 'There is no such provider',
    detail: `No provider is named ${provider}.`,
    remedy: 'Ask the operators for your provider name; they create it with PUT /v1/providers/{name}.',
  });
}

export function addressNotAllowed(address: string): ProblemException {
  return new ProblemException({
    slug: 'address-not-allowed',
    status: 403,
    title: 'Webhooks of this provider do not come from here',
    detail: `${address} is not among the provider's allowed addresses.`,
    remedy: 'Tell the operators the addresses you send from.',
  });
}

export function missingHeaders(faults: readonly HeaderFault[]): ProblemException {
  return new ProblemException({
    slug: 'missing-webhook-headers',
    status: 400,
    title: 'Headers that prove who sends are missing or malformed',
    detail: faults.map(({ header, detail }) => `${header} ${detail}`).join('; '),
    remedy: 'Send the headers listed in errors, as the way you sign with the operators has them.',
    errors: faults.map(({ header, detail }) => ({ field: header, detail })),
  });
}

export function outsideWindow(header: string, toleranceSeconds: number, nowMs: number): ProblemException {
  return new ProblemException({
    slug: 'webhook-timestamp-outside-window',
    status: 401,
    title: 'The webhook is too old or from the future',
    detail: `${header} is over ${toleranceSeconds} s away from ${Math.floor(nowMs / 1000)}, the time here.`,
    remedy: 'Set your clock, and sign each attempt anew with its own timestamp.',
    errors: [{ field: header, detail: `must be within ${toleranceSeconds} s of now` }],
  });
}

export function signatureMismatch(header: string, remedy: string): ProblemException {
  return new ProblemException({
    slug: 'webhook-signature-mismatch',
    status: 401,
    title: 'The signature does not match',
    detail: `Nothing in ${header} matches the body and an active secret.`,
    remedy,
    errors: [{ field: header, detail: 'has nothing that matches' }],
  });
}

export function tooManyWebhooks(waitMs: number): ProblemException {
  return new ProblemException({
    slug: 'too-many-webhooks',
    status: 429,
    title: 'The provider sends more than was agreed',
    remedy: 'Send it again after the seconds in Retry-After; agree on a higher rate with the operators.',
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}

const PAUSE_RETRY_SECONDS = 300;

export function providerPaused(reason: string): ProblemException {
  return new ProblemException({
    slug: 'provider-paused',
    status: 503,
    title: 'The operators have paused this provider',
    detail: reason,
    remedy: 'Nothing was stored. Send it again later, with the same id.',
    retryAfterSeconds: PAUSE_RETRY_SECONDS,
  });
}

export function mappingFailed({ message, errors }: MappingFault): ProblemException {
  return new ProblemException({
    slug: 'mapping-failed',
    status: 422,
    title: "The provider's mapping makes no webhook of this body",
    detail: message,
    remedy: 'Compare the body with what was agreed; operators try a mapping with POST /v1/mappings/dry-run.',
    ...(errors.length > 0 ? { errors: [...errors] } : {}),
  });
}
