import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Verification of Standard Webhooks 1.0.0, symmetric scheme `v1`
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */

/** Older and newer messages may be replays. */
export const WINDOW_SECONDS = 5 * 60;

export interface WebhookHeaders {
  readonly id: string;
  /** As sent, for that is what is signed. */
  readonly timestamp: string;
  /** Of the scheme `v1`, in base64. */
  readonly signatures: readonly string[];
}

export interface HeaderFault {
  readonly header: string;
  readonly detail: string;
}

export type HeadersVerdict =
  | { readonly kind: 'well-formed'; readonly headers: WebhookHeaders }
  | { readonly kind: 'faulty'; readonly faults: readonly HeaderFault[] };

export type Verdict = 'verified' | 'outside-window' | 'signature-mismatch';

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

const VISIBLE_ASCII = /^[\x21-\x7e]{1,200}$/;
const UNIX_SECONDS = /^\d{1,12}$/;

export function readWebhookHeaders(raw: RawHeaders): HeadersVerdict {
  const id = raw['webhook-id'];
  const timestamp = raw['webhook-timestamp'];
  const signature = raw['webhook-signature'];
  const faults: HeaderFault[] = [];
  if (typeof id !== 'string' || !VISIBLE_ASCII.test(id))
    faults.push({ header: 'webhook-id', detail: 'must be 1 to 200 visible ASCII characters' });
  if (typeof timestamp !== 'string' || !UNIX_SECONDS.test(timestamp))
    faults.push({
      header: 'webhook-timestamp',
      detail: 'must be the Unix time of the attempt in whole seconds',
    });
  if (typeof signature !== 'string' || signature.trim() === '')
    faults.push({
      header: 'webhook-signature',
      detail: 'must be v1,<base64> signatures, separated by spaces',
    });
  if (
    typeof id !== 'string' ||
    typeof timestamp !== 'string' ||
    typeof signature !== 'string' ||
    faults.length
  )
    return { kind: 'faulty', faults };
  return {
    kind: 'well-formed',
    headers: { id, timestamp, signatures: signaturesOf(signature) },
  };
}

export function verifyWebhook(
  { id, timestamp, signatures }: WebhookHeaders,
  body: Buffer,
  secrets: readonly Buffer[],
  nowMs: number,
): Verdict {
  if (Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) > WINDOW_SECONDS) return 'outside-window';
  const presented = signatures.map((signature) => Buffer.from(signature, 'base64'));
  // Every pair is compared, so that the time tells nothing of which one matched.
  let matches = 0;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
    for (const signature of presented)
      if (signature.length === expected.length && timingSafeEqual(signature, expected)) matches += 1;
  }
  return matches > 0 ? 'verified' : 'signature-mismatch';
}

/** Schemes other than `v1` are skipped, as the specification asks: a sender may be ahead of us. */
function signaturesOf(header: string): string[] {
  return header
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .map((part) => part.slice('v1,'.length));
}
