import { sameSecret } from './constant-time';
import { canonicalBase64 } from './secret';
import type { SignatureScheme } from './signature-scheme';

const HEADER = 'authorization';
const CREDENTIALS = /^basic ([A-Za-z0-9+/=]+)$/i;

/** HTTP Basic (RFC 7617), in UTF-8. The secret is the password. */
export function basic({ username }: { username: string }): SignatureScheme {
  const credentials = (password: Buffer): Buffer => Buffer.concat([Buffer.from(`${username}:`), password]);
  return {
    verify(_rawBody, headers, secrets) {
      const value = headers[HEADER];
      const encoded = typeof value === 'string' ? CREDENTIALS.exec(value)?.[1] : undefined;
      const presented = encoded === undefined ? undefined : canonicalBase64(encoded);
      if (!presented)
        return {
          kind: 'malformed',
          faults: [{ header: HEADER, detail: 'must be Basic <base64 of username:password>' }],
        };
      let matches = 0;
      for (const { bytes } of secrets) if (sameSecret(presented, credentials(bytes))) matches += 1;
      if (matches > 0) return { kind: 'verified', signedId: undefined };
      return {
        kind: 'mismatch',
        header: HEADER,
        remedy: 'Send your username, and your current secret as password.',
      };
    },

    sign(_rawBody, _webhookId, secrets) {
      const password = secrets[0]?.bytes ?? Buffer.alloc(0);
      return { headers: { [HEADER]: `Basic ${credentials(password).toString('base64')}` }, secrets };
    },
  };
}
