import { Module } from '@nestjs/common';
import { GatewayConfig } from './gateway-config';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { CurrentRouting } from './routing/current-routing';
import { Dealers, OwnDealing } from './routing/dealers';
import { ROUTING_CONTROLLERS, ROUTING_PROVIDERS } from './routing/routing-parts';
import { SessionTokens } from './sessions/session-tokens';
import { TelemetryReporter } from './telemetry/telemetry-reporter';
import { TelemetryWindows } from './telemetry/telemetry-windows';

/** A gateway of one process. */
@Module({
  controllers: ROUTING_CONTROLLERS,
  providers: [
    ...ROUTING_PROVIDERS,
    GatewayMetrics,
    { provide: Dealers, useClass: OwnDealing },
    {
      provide: SessionTokens,
      inject: [GatewayConfig],
      useFactory: (config: GatewayConfig) =>
        new SessionTokens(config.sessionSecret, config.sessionTtlSeconds),
    },
    {
      provide: TelemetryWindows,
      inject: [GatewayConfig, CurrentRouting],
      useFactory: (config: GatewayConfig, routing: CurrentRouting) =>
        new TelemetryWindows(config.gatewayId, routing),
    },
    TelemetryReporter,
  ],
})
export class GatewayModule {}
