import { ProblemException } from '@croupier/service-kit';
import type { DocumentKind } from './document-repository';

export function unknownDocument(kind: DocumentKind, name: string): ProblemException {
  return new ProblemException({
    slug: `unknown-alert-${kind}`,
    status: 404,
    title: `There is no such ${kind}`,
    detail: `No ${kind} is named ${name}.`,
    remedy: `GET /v1/alerts/${kind}s lists them.`,
  });
}

export function tooManyDocuments(kind: DocumentKind, most: number): ProblemException {
  return new ProblemException({
    slug: 'too-many-alert-documents',
    status: 409,
    title: `There are too many ${kind}s`,
    detail: `There are ${most} already.`,
    remedy: 'Delete some.',
  });
}

export function channelInUse(name: string, routes: readonly string[]): ProblemException {
  return new ProblemException({
    slug: 'alert-channel-in-use',
    status: 409,
    title: 'Routes lead to the channel',
    detail: `${name} is named by ${routes.join(', ')}.`,
    remedy: 'Take it out of these routes first, or disable it.',
  });
}

export function invalidField(field: string, detail: string): ProblemException {
  return new ProblemException({
    slug: 'invalid-alert-document',
    status: 422,
    title: 'Nothing could be sent by this',
    detail: `${field} ${detail}.`,
    remedy: 'Correct the field in errors.',
    errors: [{ field, detail }],
  });
}
