import { Logger, Module } from '@nestjs/common';
import { GatewayConfig } from './gateway-config';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { TesterFile, testerFilePath } from './overrides/tester-file';
import { CurrentRouting } from './routing/current-routing';
import { Dealers, OwnDealing } from './routing/dealers';
import { CONTROLLERS, ROUTING_PROVIDERS } from './routing/routing-parts';
import { SessionTokens } from './sessions/session-tokens';
import { TelemetryReporter } from './telemetry/telemetry-reporter';
import { TelemetryWindows } from './telemetry/telemetry-windows';

/** A gateway of one process. */
@Module({
  controllers: CONTROLLERS,
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
    {
      provide: TesterFile,
      inject: [GatewayConfig],
      useFactory: async ({ stateDirectory }: GatewayConfig) => {
        const logger = new Logger(TesterFile.name);
        const file = new TesterFile(testerFilePath(stateDirectory), (line) => logger.warn(line));
        await file.start();
        return file;
      },
    },
  ],
})
export class GatewayModule {}
