import { ProblemException } from '@croupier/service-kit';

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
  const detail = 'has to be in the query of a CSV import';
  return new ProblemException({
    slug: 'invalid-request',
    status: 422,
    title: 'The request is not valid',
    detail: `reason: ${detail}`,
    remedy: 'Correct the fields listed in errors and send the request again.',
    errors: [{ field: 'reason', detail }],
  });
}
