import { Webhook as Signer } from 'standardwebhooks';
import type { Version } from './catalogue';

/** What a provider sends, well or badly. */
export type Intent =
  /** Genuine: sent until it is accepted. */
  | 'genuine'
  /** Genuine, and given up at the first answer that is not 202. */
  | 'impatient'
  | 'wrong-signature'
  | 'wrong-payload'
  | 'stale'
  /** The id of another webhook that was accepted, with a content of its own. */
  | 'id-reused';

export interface Webhook {
  readonly id: string;
  readonly intent: Intent;
  readonly version: Version;
  readonly body: string;
  /** Copies that go out at the same time. */
  readonly copies: number;
}

/** What is known of a webhook's acceptance from its answers. */
export type Knowledge =
  | 'accepted'
  | 'refused'
  /** No answer, or one that leaves it open: it may have an effect, and no more than one. */
  | 'unknown';

const STALE_MS = 10 * 60_000;
const FOREIGN_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Each attempt is signed anew. */
export function headersOf({ id, intent, body }: Webhook, secret: string): Record<string, string> {
  const sentAt = new Date(Date.now() - (intent === 'stale' ? STALE_MS : 0));
  const signer = new Signer(intent === 'wrong-signature' ? FOREIGN_SECRET : secret);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
    'webhook-signature': signer.sign(id, sentAt, body),
  };
}
