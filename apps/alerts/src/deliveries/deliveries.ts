import { Injectable } from '@nestjs/common';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
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
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {}

  async one(id: string): Promise<DeliveryRecord> {
    const delivery = await this.deliveries.find(id);
    if (delivery === null) throw unknownDelivery(id);
    return delivery;
  }

  /** With as many attempts as a new one has. */
  async tryAgain(id: string, actor: string): Promise<void> {
    const isTried = await this.dataSource.transaction(async (tx) => {
      if (!(await this.deliveries.tryAgain(tx, id))) return false;
      const object = { type: 'alert-delivery', id };
      await this.audit.record(tx, { actor, action: 'alert-delivery.retried', object });
      return true;
    });
    if (isTried) return this.worker.wake();
    throw deliveryNotFailed(id, (await this.one(id)).state);
  }
}
