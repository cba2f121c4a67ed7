import { gatewayMigrations } from '@croupier/migrations';
import type { ServiceDefinition } from '@croupier/service-kit';
import { GatewayConfig } from './gateway-config';
import { GatewayModule } from './gateway-module';
import { LaunchHandler } from './launch/launch-game';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { OverrideGrants } from './overrides/override-grants';
import { TesterFile } from './overrides/tester-file';
import { registerPlayerRoutes } from './player-routes';
import { CurrentRouting } from './routing/current-routing';
import { SessionTokens } from './sessions/session-tokens';
import { TelemetryWindows } from './telemetry/telemetry-windows';

const PLAYERS = ['/v1/launch/', '/play/', '/preview/'];

export const service: ServiceDefinition = {
  name: 'gateway',
  description: 'Player traffic: launch resolution, sticky split, session pins, telemetry',
  module: GatewayModule,
  migrations: gatewayMigrations,
  untouchedPaths: PLAYERS,
  untracedPaths: PLAYERS,
  configureHttp: (fastify, app) => {
    const { sessionSecret, latencyThresholdMs, upstreamTimeoutMs, upstreamMaxInFlight } =
      app.get(GatewayConfig);
    const parts = {
      routing: app.get(CurrentRouting),
      tokens: app.get(SessionTokens),
      telemetry: app.get(TelemetryWindows),
      metrics: app.get(GatewayMetrics),
      grants: new OverrideGrants(sessionSecret),
      testers: app.get(TesterFile),
    };
    return registerPlayerRoutes(fastify, {
      ...parts,
      launches: new LaunchHandler(parts),
      latencyThresholdMs,
      upstreamTimeoutMs,
      upstreamMaxInFlight,
    });
  },
};
