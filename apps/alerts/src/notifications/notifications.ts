import { Injectable } from '@nestjs/common';
import type { AlertMessage, ArtifactRegistered, CloudEvent } from '@croupier/contracts';
import { Inbox } from '@croupier/messaging';
import type { Transaction } from '@croupier/persistence';
import { AlertsConfig } from '../alerts-config';
import { DeliveryPlan } from '../deliveries/delivery-plan';
import { DeliveryWorker } from '../deliveries/delivery-worker';
import { notificationOf, type Notification, type NotifiedEvent } from './notification-of';
import { VersionMarkets } from './version-markets';

/** Makes deliveries of what happens. They are stored with the record of the event, and sent afterwards. */
@Injectable()
export class Notifications {
  constructor(
    private readonly plan: DeliveryPlan,
    private readonly markets: VersionMarkets,
    private readonly worker: DeliveryWorker,
    private readonly inbox: Inbox,
    private readonly config: AlertsConfig,
  ) {}

  async afterEvent(event: NotifiedEvent): Promise<void> {
    await this.inbox.once(event, async (tx) => {
      if (event.type === 'clearance.changed') await this.markets.noteClearance(tx, event.data);
      const notification = notificationOf(event);
      if (notification === null) return;
      await this.plan.deliver(tx, await this.completed(tx, notification));
    });
    this.worker.wake();
  }

  async noteVersion(event: CloudEvent<'artifact.registered', ArtifactRegistered>): Promise<void> {
    await this.inbox.once(event, (tx) => this.markets.noteRegistered(tx, event.data));
  }

  private async completed(tx: Transaction, notification: Notification): Promise<AlertMessage> {
    const { provider, game, version, releaseId, markets } = notification;
    const isVersion = provider !== null && game !== null && version !== null;
    return {
      ...notification,
      markets: markets ?? (isVersion ? await this.markets.find(tx, { provider, game, version }) : null),
      link: releaseId === null ? null : this.config.releaseLink.replaceAll('{releaseId}', releaseId),
    };
  }
}
