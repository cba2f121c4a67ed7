import { Injectable } from '@nestjs/common';
import { DeliveryRepository } from './delivery-repository';
import { deliveryNotFailed, unknownDelivery } from './delivery-problems';
import { DeliveryWorker } from './delivery-worker';
import type { DeliveryRecord } from './delivery';

/** What people do with single deliveries. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly worker: DeliveryWorker,
  ) {}

  async one(id: string): Promise<DeliveryRecord> {
    const delivery = await this.deliveries.find(id);
    if (delivery === null) throw unknownDelivery(id);
    return delivery;
  }

  /** With as many attempts as a new one has. */
  async tryAgain(id: string): Promise<void> {
    if (await this.deliveries.tryAgain(id)) return this.worker.wake();
    throw deliveryNotFailed(id, (await this.one(id)).state);
  }
}
