import type { AlertDelivery, AlertDeliveryDetail } from '@croupier/contracts';
import type { DeliveryRecord } from './delivery';
import type { LoggedAttempt } from './delivery-repository';

export function deliveryView({ sequence: _, nextAttemptAt, ...delivery }: DeliveryRecord): AlertDelivery {
  const { createdAt, heldUntil, finishedAt, state } = delivery;
  return {
    ...delivery,
    createdAt: createdAt.toISOString(),
    heldUntil: heldUntil?.toISOString() ?? null,
    nextAttemptAt: state === 'waiting' ? nextAttemptAt.toISOString() : null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export function deliveryDetail(delivery: DeliveryRecord, log: readonly LoggedAttempt[]): AlertDeliveryDetail {
  return {
    ...deliveryView(delivery),
    log: log.map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() })),
  };
}
