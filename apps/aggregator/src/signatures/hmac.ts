import { createHmac } from 'node:crypto';
import type { HmacSettings } from '@croupier/contracts';
import { sameSignature } from './constant-time';
import type { HeaderFault, RequestHeaders, SignatureScheme } from './signature-scheme';
import { isOutsideWindow, isUnixTime, unixTime } from './signed-time';
import { isWebhookId, webhookIdFault } from './webhook-id-header';

/** A header's worth; each costs a compare with each secret. */
const MAX_SIGNATURES = 10;

/** An HMAC over the body, and over a time and an id where the provider signs them, in a header of the provider's. */
export function hmac(settings: HmacSettings): SignatureScheme {
  const { header, digest, encoding, prefix, toleranceSeconds, timestampUnit } = settings;
  const signs = { id: settings.signed.includes('{id}'), timestamp: settings.signed.includes('{timestamp}') };
  const [before = '', after = ''] = settings.signed.split('{body}');
  const timestampFrom = settings.timestampHeader ?? header;

  function signatureOf(key: Buffer, body: Buffer, { id, timestamp }: SignedParts): string {
    const hash = createHmac(digest, key);
    hash
      .update(filled(before, id, timestamp))
      .update(body)
      .update(filled(after, id, timestamp));
    return prefix + hash.digest(encoding);
  }

  return {
    verify(rawBody, headers, secrets, nowMs) {
      const { signatures, timestamp } = presentedIn(headers, settings);
      const id = settings.idHeader === undefined ? undefined : headers[settings.idHeader];
      const faults: HeaderFault[] = [];
      if (signatures.length === 0) faults.push({ header, detail: `must be ${shapeOf(settings)}` });
      if (signs.timestamp && (timestamp === undefined || !isUnixTime(timestamp, timestampUnit)))
        faults.push({
          header: timestampFrom,
          detail: `must have the time of the attempt in Unix ${timestampUnit}`,
        });
      if (signs.id && !isWebhookId(id)) faults.push(webhookIdFault(settings.idHeader ?? header));
      if (faults.length > 0) return { kind: 'malformed', faults };
      if (timestamp !== undefined && isOutsideWindow(timestamp, timestampUnit, toleranceSeconds, nowMs))
        return { kind: 'outside-window', header: timestampFrom, toleranceSeconds };
      const parts = { id: isWebhookId(id) ? id : '', timestamp: timestamp ?? '' };
      let matches = 0;
      for (const { bytes } of secrets) {
        const expected = signatureOf(bytes, rawBody, parts);
        for (const signature of signatures) if (sameSignature(signature, expected)) matches += 1;
      }
      if (matches > 0) return { kind: 'verified', signedId: signs.id ? parts.id : undefined };
      return {
        kind: 'mismatch',
        header,
        remedy: `Sign \`${settings.signed}\` with HMAC-${digest.toUpperCase()} and your current secret, over the bytes as sent.`,
      };
    },

    sign(rawBody, webhookId, secrets, nowMs) {
      const timestamp = signs.timestamp ? unixTime(nowMs, timestampUnit) : '';
      const [newest] = secrets;
      const signature = signatureOf(newest?.bytes ?? Buffer.alloc(0), rawBody, { id: webhookId, timestamp });
      const headers: Record<string, string> = { [header]: headerOf(signature, timestamp, settings) };
      if (settings.timestampHeader !== undefined) headers[settings.timestampHeader] = timestamp;
      if (settings.idHeader !== undefined) headers[settings.idHeader] = webhookId;
      return { headers, secrets };
    },
  };
}

interface SignedParts {
  readonly id: string;
  readonly timestamp: string;
}

interface Presented {
  readonly signatures: readonly string[];
  readonly timestamp: string | undefined;
}

function presentedIn(headers: RequestHeaders, { header, fields, timestampHeader }: HmacSettings): Presented {
  const value = headers[header];
  const separate = timestampHeader === undefined ? undefined : headers[timestampHeader];
  const timestamp = typeof separate === 'string' ? separate : undefined;
  if (typeof value !== 'string' || value.trim() === '') return { signatures: [], timestamp };
  if (!fields) return { signatures: [value.trim()], timestamp };
  const pairs = value.split(fields.separator, 2 * MAX_SIGNATURES).map((part) => {
    const [name = '', ...rest] = part.trim().split('=');
    return { name, value: rest.join('=') };
  });
  return {
    signatures: pairs
      .filter(({ name }) => name === fields.signature)
      .map((pair) => pair.value)
      .slice(0, MAX_SIGNATURES),
    timestamp:
      fields.timestamp === undefined ? timestamp : pairs.find(({ name }) => name === fields.timestamp)?.value,
  };
}

function filled(template: string, id: string, timestamp: string): string {
  return template.replace(/\{(id|timestamp)\}/g, (_, name) => (name === 'id' ? id : timestamp));
}

function headerOf(signature: string, timestamp: string, { fields }: HmacSettings): string {
  if (!fields) return signature;
  const pair = `${fields.signature}=${signature}`;
  return fields.timestamp === undefined ? pair : `${fields.timestamp}=${timestamp}${fields.separator}${pair}`;
}

function shapeOf({ fields, prefix, digest, encoding }: HmacSettings): string {
  const signature = `${prefix}<HMAC-${digest.toUpperCase()} in ${encoding}>`;
  return fields ? headerOf(signature, '<time>', { fields } as HmacSettings) : signature;
}
