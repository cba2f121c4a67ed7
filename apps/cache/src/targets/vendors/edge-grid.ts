import { createHash, createHmac, randomUUID } from 'node:crypto';

export interface EdgeGridCredentials {
  readonly clientToken: string;
  readonly clientSecret: string;
  readonly accessToken: string;
}

/** Bytes of a body that the signature covers. */
const MAX_BODY = 131_072;

/**
 * The Authorization header of a POST (EG1-HMAC-SHA256): the key is an HMAC of the timestamp, and the signature one over
 * method, scheme, host, path, no further headers, the body's hash and the header itself, tab-separated.
 * https://techdocs.akamai.com/developer/docs/edgegrid
 */
export function edgeGridAuthorization(
  url: string,
  body: string,
  credentials: EdgeGridCredentials,
  at: Date = new Date(),
  nonce: string = randomUUID(),
): string {
  const { clientToken, clientSecret, accessToken } = credentials;
  const { protocol, host, pathname, search } = new URL(url);
  const timestamp = `${at.toISOString().slice(0, 19).replaceAll('-', '')}+0000`;
  const unsigned =
    `EG1-HMAC-SHA256 client_token=${clientToken};access_token=${accessToken};` +
    `timestamp=${timestamp};nonce=${nonce};`;
  const bodyHash = createHash('sha256').update(Buffer.from(body).subarray(0, MAX_BODY)).digest('base64');
  const scheme = protocol.slice(0, -1);
  const covered = ['POST', scheme, host, pathname + search, '', bodyHash, unsigned].join('\t');
  const key = hmac(clientSecret, timestamp);
  return `${unsigned}signature=${hmac(key, covered)}`;
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}
