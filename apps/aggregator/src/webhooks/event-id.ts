import { createHash } from 'node:crypto';

/** Namespace of the ids below, drawn at random once. */
const NAMESPACE = Buffer.from('9a3f2c1e7d5b4e0891c6a4f03d8e72b5', 'hex');

/**
 * The id of the event that a webhook becomes: a UUIDv5 (RFC 9562, section 5.5) of provider and webhook id,
 * so that every replica and every retry names the same event. `index` counts the events of one webhook.
 */
export function eventIdOf(provider: string, webhookId: string, index = 0): string {
  // No webhook id has a space in it: the first event of one is never a later event of another.
  const name = index === 0 ? `${provider}/${webhookId}` : `${provider}/${webhookId} ${index}`;
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
