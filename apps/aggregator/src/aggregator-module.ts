import { Module } from '@nestjs/common';
import { Environment, SecretBox } from '@croupier/service-kit';
import { AggregatorConfig } from './aggregator-config';
import { MappingController } from './mapping/mapping-controller';
import { TrustedProxies } from './network/trusted-proxies';
import { ProviderController } from './providers/provider-controller';
import { ProviderProfiles } from './providers/provider-profiles';
import { ProviderRepository } from './providers/provider-repository';
import { ProviderService } from './providers/provider-service';
import { ProviderTrial } from './providers/provider-trial';
import { WebhookAcceptance } from './webhooks/webhook-acceptance';
import { WebhookArchive } from './webhooks/webhook-archive';
import { WebhookArchiveController } from './webhooks/webhook-archive-controller';
import { WebhookController } from './webhooks/webhook-controller';
import { WebhookMetrics } from './webhooks/webhook-metrics';
import { WebhookPartitions } from './webhooks/webhook-partitions';
import { WebhookReader } from './webhooks/webhook-reader';
import { WebhookReception } from './webhooks/webhook-reception';
import { WebhookRedelivery } from './webhooks/webhook-redelivery';
import { WebhookRepository } from './webhooks/webhook-repository';
import { WebhookRetention } from './webhooks/webhook-retention';

@Module({
  controllers: [MappingController, ProviderController, WebhookArchiveController, WebhookController],
  providers: [
    {
      provide: AggregatorConfig,
      useFactory: (environment: Environment) => new AggregatorConfig(environment),
      inject: [Environment],
    },
    {
      provide: SecretBox,
      useFactory: ({ secretsKey }: AggregatorConfig) => new SecretBox(secretsKey),
      inject: [AggregatorConfig],
    },
    ProviderProfiles,
    ProviderRepository,
    ProviderService,
    ProviderTrial,
    TrustedProxies,
    WebhookAcceptance,
    WebhookArchive,
    WebhookMetrics,
    WebhookPartitions,
    WebhookReader,
    WebhookReception,
    WebhookRedelivery,
    WebhookRepository,
    WebhookRetention,
  ],
})
export class AggregatorModule {}
