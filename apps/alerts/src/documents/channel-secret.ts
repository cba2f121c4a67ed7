import { randomBytes } from 'node:crypto';
import type { AlertChannelSettings } from '@croupier/contracts';

type ChannelKind = AlertChannelSettings['kind'];

const WEBHOOK_KEY_BYTES = 32;

/** Why a text cannot be the secret of a channel; null when it can. */
export function faultOfSecret(kind: ChannelKind, secret: string): string | null {
  switch (kind) {
    case 'slack':
      return /^xox[A-Za-z0-9.-]{10,}$/.test(secret) ? null : 'must be a token of Slack: xoxb-...';
    case 'pagerduty':
      return /^[A-Za-z0-9]{32}$/.test(secret)
        ? null
        : 'must be the integration key of a service: 32 letters or digits';
    case 'webhook':
      return isStandardKey(secret) ? null : 'must be whsec_ and 24 to 64 random bytes in base64';
  }
}

/** A secret of our own drawing; null where only the other side can give one. */
export function drawnSecret(kind: ChannelKind): string | null {
  return kind === 'webhook' ? `whsec_${randomBytes(WEBHOOK_KEY_BYTES).toString('base64')}` : null;
}

/** Standard Webhooks 1.0.0, 'Signature scheme'. */
function isStandardKey(secret: string): boolean {
  if (!secret.startsWith('whsec_')) return false;
  const text = secret.slice('whsec_'.length);
  const bytes = Buffer.from(text, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === text;
}
