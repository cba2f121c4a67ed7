import { sameSecret } from './constant-time';
import type { SignatureScheme } from './signature-scheme';

/** The secret itself in a header: `Authorization: Bearer` (RFC 6750), or a header of the sender's. */
export function bearer({ header, prefix }: { header: string; prefix: string }): SignatureScheme {
  return {
    verify(_rawBody, headers, secrets) {
      const value = headers[header];
      if (typeof value !== 'string' || !startsWithPrefix(value, prefix) || value.length === prefix.length)
        return { kind: 'malformed', faults: [{ header, detail: `must be ${prefix}<your secret>` }] };
      const presented = Buffer.from(value.slice(prefix.length));
      let matches = 0;
      for (const { bytes } of secrets) if (sameSecret(presented, bytes)) matches += 1;
      if (matches > 0) return { kind: 'verified', signedId: undefined };
      return { kind: 'mismatch', header, remedy: `Send ${header}: ${prefix}<your current secret>.` };
    },

    sign(_rawBody, _webhookId, secrets) {
      return { headers: { [header]: prefix + (secrets[0]?.bytes.toString() ?? '') }, secrets };
    },
  };
}

/** The names of authentication schemes have no case (RFC 9110, section 11.1). */
function startsWithPrefix(value: string, prefix: string): boolean {
  return value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
}
