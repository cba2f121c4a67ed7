import { Module } from '@nestjs/common';
import { Environment, SecretBox, ServiceAddresses } from '@croupier/service-kit';
import { AlertsConfig } from './alerts-config';
import { Channels } from './channels/channels';
import { AlertConnections } from './channels/http/alert-connections';
import { AlertHttp } from './channels/http/alert-http';
import { PagerDutyChannel } from './channels/pagerduty/pagerduty-channel';
import { SlackChannel } from './channels/slack/slack-channel';
import { SlackThreads } from './channels/slack/slack-threads';
import { WebhookChannel } from './channels/webhook/webhook-channel';
import { ChannelTrial } from './deliveries/channel-trial';
import { Deliveries } from './deliveries/deliveries';
import { DeliveryController } from './deliveries/delivery-controller';
import { DeliveryPlan } from './deliveries/delivery-plan';
import { DeliveryQueue } from './deliveries/delivery-queue';
import { DeliveryRepository } from './deliveries/delivery-repository';
import { DeliveryWorker } from './deliveries/delivery-worker';
import { DigestMaker } from './deliveries/digest-maker';
import { ChannelBook } from './documents/channel-book';
import { ChannelController } from './documents/channel-controller';
import { DocumentHistory } from './documents/document-history';
import { DocumentRepository } from './documents/document-repository';
import { RouteBook } from './documents/route-book';
import { RouteController } from './documents/route-controller';
import { NotificationConsumer } from './notifications/notification-consumer';
import { Notifications } from './notifications/notifications';
import { VersionMarkets } from './notifications/version-markets';

@Module({
  controllers: [ChannelController, DeliveryController, NotificationConsumer, RouteController],
  providers: [
    {
      provide: AlertsConfig,
      useFactory: (environment: Environment, addresses: ServiceAddresses) =>
        new AlertsConfig(environment, addresses),
      inject: [Environment, ServiceAddresses],
    },
    {
      provide: SecretBox,
      useFactory: ({ secretsKey }: AlertsConfig) => new SecretBox(secretsKey),
      inject: [AlertsConfig],
    },
    AlertConnections,
    AlertHttp,
    ChannelBook,
    ChannelTrial,
    Channels,
    Deliveries,
    DeliveryPlan,
    DeliveryQueue,
    DeliveryRepository,
    DeliveryWorker,
    DigestMaker,
    DocumentHistory,
    DocumentRepository,
    Notifications,
    PagerDutyChannel,
    RouteBook,
    SlackChannel,
    SlackThreads,
    VersionMarkets,
    WebhookChannel,
  ],
})
export class AlertsModule {}
