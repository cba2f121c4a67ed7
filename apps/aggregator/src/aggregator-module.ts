import { Module } from '@nestjs/common';
import { Environment, SecretBox } from '@croupier/service-kit';
import { AggregatorConfig } from './aggregator-config';
import { ActiveSecrets } from './providers/active-secrets';
import { ProviderController } from './providers/provider-controller';
import { ProviderRepository } from './providers/provider-repository';
import { ProviderService } from './providers/provider-service';
import { WebhookController } from './webhooks/webhook-controller';
import { WebhookIntake } from './webhooks/webhook-intake';
import { WebhookMetrics } from './webhooks/webhook-metrics';
import { WebhookRepository } from './webhooks/webhook-repository';

@Module({
  controllers: [ProviderController, WebhookController],
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
    ActiveSecrets,
    ProviderRepository,
    ProviderService,
    WebhookIntake,
    WebhookMetrics,
    WebhookRepository,
  ],
})
export class AggregatorModule {}
