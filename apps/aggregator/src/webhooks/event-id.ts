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
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
