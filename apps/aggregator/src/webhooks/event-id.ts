import { hash } from 'node:crypto';

/** Namespace of the ids below, drawn at random once; a character a byte. */
const NAMESPACE = Buffer.from('9a3f2c1e7d5b4e0891c6a4f03d8e72b5', 'hex').toString('latin1');

/**
 * The id of the event that a webhook becomes: a UUIDv5 (RFC 9562, section 5.5) of provider and webhook id,
 * so that every replica and every retry names the same event. `index` counts the events of one webhook.
 *
 * @param webhookId ASCII
 */
export function eventIdOf(provider: string, webhookId: string, index = 0): string {
  // No webhook id has a space in it: the first event of one is never a later event of another.
  const name = index === 0 ? `${provider}/${webhookId}` : `${provider}/${webhookId} ${index}`;
  const hex = hash('sha1', Buffer.from(NAMESPACE + name, 'latin1'));
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
