import { HttpException } from '@nestjs/common';
import { isOutage } from '@croupier/messaging';
import { ZodValidationException } from 'nestjs-zod';
import type { ZodError } from 'zod';
import { ProblemException } from './problem-exception';

/** Codes of Fastify's own refusals (https://fastify.dev/docs/latest/Reference/Errors). */
const FASTIFY_PROBLEMS: Record<string, ProblemException> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new ProblemException({
    slug: 'body-too-large',
    status: 413,
    title: 'The body is too large',
    remedy: 'Send less than the limit of this route; put large content behind a URL.',
  }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new ProblemException({
    slug: 'unsupported-media-type',
    status: 415,
    title: 'The media type is not supported',
    remedy: 'Send Content-Type: application/json.',
  }),
  FST_ERR_CTP_EMPTY_JSON_BODY: malformedJson('The body is empty.'),
};

export function malformedJson(detail: string): ProblemException {
  return new ProblemException({
    slug: 'malformed-json',
    status: 400,
    title: 'The body is not JSON',
    detail,
    remedy: 'Send one JSON value, encoded in UTF-8.',
  });
}

/** What is told of a request that is wrong all over: enough to see why, and not as much as was sent. */
const MOST_ERRORS = 100;
const LONGEST_DETAIL = 500;

/** Names each field at fault by its JSON path. */
export function invalidRequest(error: ZodError): ProblemException {
  const errors = error.issues.slice(0, MOST_ERRORS).map((issue) => ({
    field: shortened(issue.path.join('.') || '(body)'),
    detail: shortened(issue.message),
  }));
  return new ProblemException({
    slug: 'invalid-request',
    status: 422,
    title: 'The request is not valid',
    detail: errors.map(({ field, detail }) => `${field}: ${detail}`).join('; '),
    remedy: 'Correct the fields listed in errors and send the request again.',
    errors,
  });
}

function shortened(text: string): string {
  return text.length <= LONGEST_DETAIL ? text : `${text.slice(0, LONGEST_DETAIL - 1)}…`;
}

/** Seconds. A restart of PostgreSQL takes less. */
const RETRY_AFTER_OUTAGE = 5;

export function storageUnavailable(): ProblemException {
  return new ProblemException({
    slug: 'storage-unavailable',
    status: 503,
    title: 'The database does not answer',
    detail: 'Whether a change was stored is not known.',
    remedy: 'Send the request again after Retry-After.',
    retryAfterSeconds: RETRY_AFTER_OUTAGE,
  });
}

/** Any thrown value as a problem; what is not known becomes a 500 that tells nothing of the inside. */
export function problemOf(thrown: unknown): ProblemException {
  if (thrown instanceof ProblemException) return thrown;
  if (thrown instanceof ZodValidationException) return invalidRequest(thrown.getZodError() as ZodError);
  if (thrown instanceof HttpException) return ofHttpException(thrown);
  if (isOutage(thrown)) return storageUnavailable();
  const code = (thrown as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' ? FASTIFY_PROBLEMS[code] : undefined;
  return (
    known ??
    refusalOfFastify(thrown) ??
    new ProblemException({
      slug: 'internal-error',
      status: 500,
      title: 'Something went wrong on our side',
      remedy: 'Try again; if it lasts, tell the operators the time and the path.',
    })
  );
}

/** Nest rethrows Fastify's refusals without their code (RoutesResolver.mapExternalException). */
const FASTIFY_PROBLEMS_BY_STATUS: Record<number, ProblemException | undefined> = {
  413: FASTIFY_PROBLEMS['FST_ERR_CTP_BODY_TOO_LARGE'],
  415: FASTIFY_PROBLEMS['FST_ERR_CTP_INVALID_MEDIA_TYPE'],
};

/** Fastify's other refusals keep their 4xx status. */
function refusalOfFastify(thrown: unknown): ProblemException | undefined {
  const { statusCode: status, message } = (thrown ?? {}) as { statusCode?: unknown; message?: string };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return requestRefused(status, message);
}

function requestRefused(status: number, detail?: string): ProblemException {
  const title = 'The request was refused';
  return new ProblemException({ slug: 'request-refused', status, title, ...(detail ? { detail } : {}) });
}

/** Terminus tells in the exception's response which dependencies are down. */
function notReady(exception: HttpException): ProblemException {
  const { error } = exception.getResponse() as { error?: Record<string, { message?: string }> };
  return new ProblemException({
    slug: 'not-ready',
    status: 503,
    title: 'The service cannot do its work now',
    remedy: 'Look at the dependencies listed in errors.',
    errors: Object.entries(error ?? {}).map(([field, { message }]) => ({
      field,
      detail: message ?? 'is down',
    })),
  });
}

function ofHttpException(exception: HttpException): ProblemException {
  const status = exception.getStatus();
  if (status === 503) return notReady(exception);
  const refusal = FASTIFY_PROBLEMS_BY_STATUS[status];
  if (refusal) return refusal;
  const known: Record<number, [slug: string, title: string]> = {
    401: ['unauthorized', 'A valid token is needed'],
    403: ['forbidden', 'The token does not allow this'],
    404: ['not-found', 'There is nothing here'],
  };
  const match = known[status];
  if (!match) return requestRefused(status, exception.message);
  const [slug, title] = match;
  return new ProblemException({ slug, status, title, detail: exception.message });
}
