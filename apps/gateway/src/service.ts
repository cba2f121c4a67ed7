import { gatewayMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { GatewayConfig } from './gateway-config';
import { GatewayModule } from './gateway-module';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { registerPlayerRoutes } from './player-routes';
import { CurrentRouting } from './routing/current-routing';
import { SessionTokens } from './sessions/session-tokens';
import { TelemetryWindows } from './telemetry/telemetry-windows';

export const service: ServiceDefinition = {
  name: 'gateway',
  description: 'Player traffic: launch resolution, sticky split, session pins, telemetry',
  module: GatewayModule,
  migrations: gatewayMigrations,
  configureHttp: (fastify, app) => {
    const { latencyThresholdMs, upstreamTimeoutMs, upstreamMaxInFlight } = app.get(GatewayConfig);
    return registerPlayerRoutes(fastify, {
      routing: app.get(CurrentRouting),
      tokens: app.get(SessionTokens),
      telemetry: app.get(TelemetryWindows),
      metrics: app.get(GatewayMetrics),
      latencyThresholdMs,
      upstreamTimeoutMs,
      upstreamMaxInFlight,
    });
  },
};
