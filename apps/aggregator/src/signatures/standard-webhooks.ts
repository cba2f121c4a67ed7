import { HmacSha256 } from '@croupier/service-kit';
import { sameSignature } from './constant-time';
import { signV1a, verifiesV1a } from './ed25519';
import type { Secret } from './secret';
import type { HeaderFault, RequestHeaders, SignatureScheme, Verdict } from './signature-scheme';
import { isOutsideWindow, isUnixTime, unixTime } from './signed-time';
import { isWebhookId, webhookIdFault } from './webhook-id-header';

/**
 * Standard Webhooks 1.0.0, symmetric `v1` and asymmetric `v1a`
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md), and the same under the
 * header names that Svix used before it (https://docs.svix.com/receiving/verifying-payloads/how-manual).
 */
export function standardWebhooks({ toleranceSeconds }: { toleranceSeconds: number }): SignatureScheme {
  return {
    verify(rawBody, headers, secrets, nowMs) {
      const names = headerNamesOf(headers);
      const read = readHeaders(headers, names);
      if (read.kind === 'malformed') return read;
      const { id, timestamp, signatures } = read;
      if (isOutsideWindow(timestamp, 'seconds', toleranceSeconds, nowMs))
        return { kind: 'outside-window', header: names.timestamp, toleranceSeconds };
      const signed = { before: `${id}.${timestamp}.`, rawBody };
      let matches = 0;
      for (const secret of secrets)
        for (const signature of signatures) if (verifies(secret, signature, signed)) matches += 1;
      return matches > 0 ? { kind: 'verified', signedId: id } : mismatch(names.signature);
    },

    sign(rawBody, webhookId, secrets, nowMs) {
      const timestamp = unixTime(nowMs, 'seconds');
      const signed = { before: `${webhookId}.${timestamp}.`, rawBody };
      const [newest] = secrets;
      const headers = { 'webhook-id': webhookId, 'webhook-timestamp': timestamp };
      if (newest?.form === 'whsec')
        return { headers: { ...headers, 'webhook-signature': signV1(newest, signed) }, secrets };
      const { signature, publicKey } = signV1a(bytesOf(signed));
      return { headers: { ...headers, 'webhook-signature': signature }, secrets: [publicKey] };
    },
  };
}

interface HeaderNames {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

const STANDARD: HeaderNames = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
};
const SVIX: HeaderNames = { id: 'svix-id', timestamp: 'svix-timestamp', signature: 'svix-signature' };

/** All three of one family: never an id of one with the signature of the other. */
function headerNamesOf(headers: RequestHeaders): HeaderNames {
  return headers[STANDARD.signature] === undefined && headers[SVIX.signature] !== undefined ? SVIX : STANDARD;
}

type HeadersRead =
  | { readonly kind: 'read'; readonly id: string; readonly timestamp: string; readonly signatures: string[] }
  | { readonly kind: 'malformed'; readonly faults: HeaderFault[] };

function readHeaders(headers: RequestHeaders, names: HeaderNames): HeadersRead {
  const id = headers[names.id];
  const timestamp = headers[names.timestamp];
  const signature = headers[names.signature];
  const faults: HeaderFault[] = [];
  if (!isWebhookId(id)) faults.push(webhookIdFault(names.id));
  if (typeof timestamp !== 'string' || !isUnixTime(timestamp, 'seconds'))
    faults.push({
      header: names.timestamp,
      detail: 'must be the Unix time of the attempt in whole seconds',
    });
  if (typeof signature !== 'string' || signature.trim() === '')
    faults.push({
      header: names.signature,
      detail: 'must be v1,<base64> or v1a,<base64> signatures, separated by spaces',
    });
  if (!isWebhookId(id) || typeof timestamp !== 'string' || typeof signature !== 'string' || faults.length > 0)
    return { kind: 'malformed', faults };
  return { kind: 'read', id, timestamp, signatures: signature.split(' ', MAX_SIGNATURES) };
}

/** A sender has one for each of its own secrets; each costs a compare with each of ours. */
const MAX_SIGNATURES = 10;

interface Signed {
  readonly before: string;
  readonly rawBody: Buffer;
}

/** Signatures of other versions are skipped, as the specification asks: a sender may be ahead of us. */
function verifies(secret: Secret, signature: string, signed: Signed): boolean {
  switch (secret.form) {
    case 'whsec':
      return signature.startsWith('v1,') && sameSignature(signature, signV1(secret, signed));
    case 'whpk':
      return signature.startsWith('v1a,') && verifiesV1a(secret, signature, bytesOf(signed));
    case 'text':
      return false;
  }
}

/** By their secrets, which live as long as the profile of their provider is kept. */
const hmacs = new WeakMap<Secret, HmacSha256>();

function signV1(secret: Secret, { before, rawBody }: Signed): string {
  let hmac = hmacs.get(secret);
  if (hmac === undefined) hmacs.set(secret, (hmac = new HmacSha256(secret.bytes)));
  return `v1,${hmac.codeOf('base64', before, rawBody)}`;
}

function bytesOf({ before, rawBody }: Signed): Buffer {
  return Buffer.concat([Buffer.from(before), rawBody]);
}

function mismatch(header: string): Verdict {
  return {
    kind: 'mismatch',
    header,
    remedy:
      'Sign `{webhook-id}.{webhook-timestamp}.{body}` with your current secret, over the bytes as sent: v1 is HMAC-SHA256, v1a is Ed25519.',
  };
}
