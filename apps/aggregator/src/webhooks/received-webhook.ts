import type { CloudEvent } from '@croupier/contracts';

/** A webhook that its provider vouches for. */
export interface ReceivedWebhook {
  readonly provider: string;
  readonly webhookId: string;
  /** The provider's word for what happened, such as `game.added`. */
  readonly type: string;
  /** As it was sent, to the byte. */
  readonly body: Buffer;
  /**
   * SHA-256 of the body where no signature covers the id: there the same content under another id is a repeat.
   * Undefined where the id is signed: there it alone says what is one.
   */
  readonly contentSha256: Buffer | undefined;
}

/** The type of an operator's sample, which no provider's webhook has. */
export const TRIAL_TYPE = 'webhook.test';

/** What came of reading a request: nothing is stored yet. */
export type Reading =
  | {
      readonly kind: 'received';
      readonly webhook: ReceivedWebhook;
      /** One at least: a provider's own format may announce several games at once. The first names the webhook. */
      readonly events: readonly [CloudEvent, ...CloudEvent[]];
    }
  /** Genuine, and nothing that the platform acts on. */
  | { readonly kind: 'ignored'; readonly webhookId: string; readonly reason: string };
