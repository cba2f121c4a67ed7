import { randomUUID } from 'node:crypto';
import type { AlertDeliveryAttempt, AlertDeliveryState, AlertMessage } from '@croupier/contracts';

/** One message to one channel, as it is planned. */
export interface NewDelivery {
  readonly id: string;
  readonly channel: string;
  readonly route: string | null;
  readonly message: AlertMessage;
  /** Null: it may be sent at once. */
  readonly heldUntil: Date | null;
}

export interface DeliveryRecord {
  readonly id: string;
  /** Rises with every delivery: `bigint`, which the driver reads as text. */
  readonly sequence: string;
  readonly channel: string;
  readonly route: string | null;
  readonly message: AlertMessage;
  readonly state: AlertDeliveryState;
  readonly heldUntil: Date | null;
  readonly digestId: string | null;
  readonly attempts: number;
  readonly detail: string | null;
  readonly nextAttemptAt: Date;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** A delivery that this replica has in hand. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly channel: string;
  readonly message: AlertMessage;
  /** This one included. */
  readonly attempts: number;
  readonly attemptLimit: number;
  readonly leaseToken: string;
}

export type Attempt = Pick<AlertDeliveryAttempt, 'durationMs' | 'outcome' | 'detail'>;

export function newDelivery(
  channel: string,
  route: string | null,
  message: AlertMessage,
  heldUntil: Date | null = null,
): NewDelivery {
  return { id: randomUUID(), channel, route, message, heldUntil };
}
