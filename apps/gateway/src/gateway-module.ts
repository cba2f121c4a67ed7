import { Module } from '@nestjs/common';
import { GatewayConfig } from './gateway-config';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { AppliedRoutingRepository } from './routing/applied-routing-repository';
import { CurrentRouting } from './routing/current-routing';
import { DeployerRouting } from './routing/deployer-routing';
import { RoutingController } from './routing/routing-controller';
import { RoutingFollower } from './routing/routing-follower';
import { RoutingRecorder } from './routing/routing-recorder';
import { SessionTokens } from './sessions/session-tokens';
import { TelemetryReporter } from './telemetry/telemetry-reporter';
import { TelemetryWindows } from './telemetry/telemetry-windows';

@Module({
  controllers: [RoutingController],
  providers: [
    GatewayConfig,
    GatewayMetrics,
    AppliedRoutingRepository,
    CurrentRouting,
    DeployerRouting,
    RoutingFollower,
    RoutingRecorder,
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
