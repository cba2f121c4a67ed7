import { createServer } from 'node:http';
import replyFrom from '@fastify/reply-from';
import {
  BaseConfig,
  connectionLimits,
  headAnswers,
  keepTickShape,
  loadConfig,
  Metrics,
  OutboundHttp,
  refuseConnection,
  ServiceAddresses,
} from '@croupier/service-kit';
import { SERVICE_PORTS } from '@croupier/contracts';
import { fastify, type FastifyInstance } from 'fastify';
import { GatewayConfig } from '../gateway-config';
import { launchDirectly } from '../launch/direct-launch';
import { LaunchHandler } from '../launch/launch-game';
import { GatewayMetrics, PREFIX } from '../metrics/gateway-metrics';
import { OverrideGrants } from '../overrides/override-grants';
import { TesterFile, testerFilePath } from '../overrides/tester-file';
import { controlUnavailable, ending, noRoutingYet } from '../player-problems';
import { answerProblem, registerPlayerRoutes } from '../player-routes';
import { SessionTokens } from '../sessions/session-tokens';
import { TelemetryReporter } from '../telemetry/telemetry-reporter';
import { TelemetryWindows } from '../telemetry/telemetry-windows';
import { closeConnectionsByAnswers, closeGracefully } from './graceful-close';
import type { FromWorker, ToWorker, WorkerMetric } from './messages';
import { WorkerRouting } from './worker-routing';

const GRACE = { idle: 3_000, busy: 5_000 };

const Listening = BaseConfig.pick({
  HOST: true,
  PORT: true,
  HTTP_REQUEST_TIMEOUT_MS: true,
  HTTP_HEADERS_TIMEOUT_MS: true,
  HTTP_KEEP_ALIVE_TIMEOUT_MS: true,
});

/** Deals players, and asks nobody: no Nest, no database, no bus. What is not the players' goes to the first process. */
export async function runWorker(): Promise<void> {
  keepTickShape();
  const config = new GatewayConfig(process.env);
  const listening = loadConfig(Listening, process.env);
  const routing = new WorkerRouting();
  const metrics = new Metrics('gateway');
  const gatewayMetrics = new GatewayMetrics(metrics);
  const telemetry = new TelemetryWindows(config.gatewayId, routing);
  const outbound = new OutboundHttp();
  const addresses = new ServiceAddresses(process.env);
  const reporter = new TelemetryReporter(telemetry, outbound, addresses, config, gatewayMetrics);
  const testers = new TesterFile(testerFilePath(config.stateDirectory), (line) =>
    process.stderr.write(`gateway worker: ${line}\n`),
  );
  await testers.start();
  const parts = {
    routing,
    tokens: new SessionTokens(config.sessionSecret, config.sessionTtlSeconds),
    telemetry,
    metrics: gatewayMetrics,
    grants: new OverrideGrants(config.sessionSecret),
    testers,
  };
  const launches = new LaunchHandler(parts);
  const server = fastify({
    serverFactory: (handler) =>
      createServer(connectionLimits(listening), (request, response) => {
        if (!launchDirectly(launches, request, response)) handler(request, response);
      }),
    clientErrorHandler: refuseConnection,
    routerOptions: { maxParamLength: 200 },
    return503OnClosing: false,
  });
  let controlUrl: string | null = null;
  let leaving = false;
  await registerPlayerRoutes(server, {
    ...parts,
    launches,
    latencyThresholdMs: config.latencyThresholdMs,
    upstreamTimeoutMs: config.upstreamTimeoutMs,
    upstreamMaxInFlight: config.upstreamMaxInFlight,
  });
  await registerOtherRoutes(
    server,
    () => controlUrl,
    () => {
      if (leaving) throw ending();
      if (routing.table === null) throw noRoutingYet();
    },
  );

  const drain = async (): Promise<void> => {
    await closeGracefully(server.server, GRACE);
    await reporter.beforeApplicationShutdown();
    process.exit(0);
  };
  const take = (message: ToWorker): void => {
    switch (message.kind) {
      case 'start':
        if (message.routing !== null) routing.update(message.routing);
        gatewayMetrics.routingVersion.set(routing.version);
        reporter.onApplicationBootstrap();
        return void server.listen({ host: listening.HOST, port: listening.PORT ?? SERVICE_PORTS.gateway });
      case 'routing':
        telemetry.close();
        routing.update(message.update);
        return gatewayMetrics.routingVersion.set(routing.version);
      case 'control':
        controlUrl = message.url;
        return;
      case 'metrics':
        return void ownMetrics(metrics).then((values) => {
          tell({ kind: 'metrics', id: message.id, metrics: values });
        });
      case 'leave':
        leaving = true;
        return void closeConnectionsByAnswers(server.server);
      case 'drain':
        return void drain();
    }
  };
  process.on('message', take);
  // They reach the whole group of processes, and the first one says when to drain.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  tell({ kind: 'ready' });
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

async function ownMetrics({ registry }: Metrics): Promise<WorkerMetric[]> {
  const all = (await registry.getMetricsAsJSON()) as WorkerMetric[];
  return all.filter(({ name }) => name.startsWith(PREFIX));
}

async function registerOtherRoutes(
  server: FastifyInstance,
  controlUrl: () => string | null,
  checkReady: () => void,
): Promise<void> {
  await server.register(async (others) => {
    others.setErrorHandler((error, request, reply) => answerProblem(error, request.url, reply));
    headAnswers(others, []);
    others.removeAllContentTypeParsers();
    others.addContentTypeParser('*', (_request, body, done) => done(null, body));
    await others.register(replyFrom, { disableRequestLogging: true });
    others.get('/health/live', (_request, reply) => reply.send({ status: 'ok' }));
    others.get('/health/ready', (_request, reply) => {
      checkReady();
      return reply.send({ status: 'ok' });
    });
    others.all('/*', (request, reply) => {
      const url = controlUrl();
      if (url === null) throw controlUnavailable();
      return reply.from(request.raw.url ?? '/', {
        getUpstream: () => url,
        retryDelay: () => null,
        onError: (answer) => void answer.send(controlUnavailable()),
      });
    });
  });
}
