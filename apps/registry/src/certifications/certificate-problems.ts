import { invalidRequest, ProblemException } from '@croupier/service-kit';
import { z } from 'zod';

export function unknownCertificate(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-certificate',
    status: 404,
    title: 'There is no such certificate',
    detail: `No certificate has the id ${id}.`,
    remedy: 'GET /v1/certificates lists them.',
    errors: [{ field: 'id', detail: 'names no certificate' }],
  });
}

/** Lines are counted from 0, as in the fields of other problems. */
export function namedTwice(first: number, second: number): ProblemException {
  const detail = `is the certificate of line ${first} once more`;
  return new ProblemException({
    slug: 'certificate-named-twice',
    status: 422,
    title: 'The import names a certificate twice',
    detail: `certificates.${second} ${detail}.`,
    remedy: 'Leave one of the two lines out, and send the import again: nothing of it was stored.',
    errors: [{ field: `certificates.${second}`, detail }],
  });
}

export function malformedCsv(detail: string): ProblemException {
  return new ProblemException({
    slug: 'malformed-csv',
    status: 400,
    title: 'The body is not CSV with the columns of a certificate',
    detail,
    remedy:
      'Send RFC 4180 in UTF-8, with a first line that names the columns: provider,game,version,market,certificate,laboratory,digest,validFrom,validTo,rtp.',
  });
}

export function reasonMissing(): ProblemException {
  return fieldAtFault('reason', 'has to be in the query of a CSV import');
}

export function unreadableVersion(index: number): ProblemException {
  return fieldAtFault(
    `certificates.${index}.originalVersion`,
    "names no registered version, and does not fit the provider's versioning scheme",
  );
}

function fieldAtFault(field: string, detail: string): ProblemException {
  return invalidRequest(
    new z.ZodError([{ code: 'custom', path: [field], message: detail, input: undefined }]),
  );
}
