import type { AlertMessage } from '@croupier/contracts';

/** One message on its way to one channel. */
export interface Outgoing {
  /** The same at every attempt. */
  readonly deliveryId: string;
  /** The channel's name. */
  readonly channel: string;
  readonly message: AlertMessage;
  readonly secret: string;
  readonly signal: AbortSignal;
}
