import { sameSecret } from './constant-time';
import type { SignatureScheme } from './signature-scheme';

interface MtlsSettings {
  readonly header: string;
  readonly format: 'dn' | 'xfcc';
  readonly subjects: readonly string[];
}

/**
 * The subject of the client certificate that a proxy has verified. Whoever calls `verify` leaves the header out unless
 * a trusted proxy sent the request: anybody can write a header.
 */
export function mtls({ header, format, subjects }: MtlsSettings): SignatureScheme {
  return {
    proxyHeader: header,

    verify(_rawBody, headers) {
      const value = headers[header];
      const subject = typeof value === 'string' ? subjectOf(value, format) : undefined;
      if (subject === undefined)
        return {
          kind: 'malformed',
          faults: [{ header, detail: "must be the client certificate's subject, set by a trusted proxy" }],
        };
      const presented = Buffer.from(subject);
      let matches = 0;
      for (const expected of subjects) if (sameSecret(presented, Buffer.from(expected))) matches += 1;
      if (matches > 0) return { kind: 'verified', signedId: undefined };
      return { kind: 'mismatch', header, remedy: 'Present the client certificate that the operators know.' };
    },

    sign(_rawBody, _webhookId, secrets) {
      const [subject = ''] = subjects;
      const quoted = subject.replace(/["\\]/g, '\\$&');
      return { headers: { [header]: format === 'dn' ? subject : `Subject="${quoted}"` }, secrets };
    },
  };
}

const XFCC_SUBJECT = /(?:^|;)Subject="((?:[^"\\]|\\.)*)"/i;

/**
 * Of the last element, which the proxy next to us wrote; those before come from proxies further out, or from the client
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert).
 */
function subjectOf(value: string, format: 'dn' | 'xfcc'): string | undefined {
  if (format === 'dn') return value.trim() || undefined;
  const last = elementsOf(value).at(-1) ?? '';
  return XFCC_SUBJECT.exec(last)?.[1]?.replace(/\\(.)/g, '$1') || undefined;
}

/** Split at the commas that are in no quoted string. */
function elementsOf(value: string): string[] {
  return (value.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map((element) => element.trim());
}
