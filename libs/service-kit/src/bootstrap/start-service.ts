import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CONSUMERS, EVENTS, SERVICE_PORTS } from '@croupier/contracts';
import { BusServer, DeadLetters, eventOf, OutboxRelay, serveEvents } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { Logger } from 'nestjs-pino';
import type { DataSource } from 'typeorm';
import { RequestOrigins } from '../audit/request-origins';
import { BaseConfig, loadConfig } from '../config/environment';
import { Draining } from '../health/draining';
import { Metrics } from '../metrics/metrics';
import { RequestDurations } from '../metrics/request-durations';
import { openTracing } from '../tracing/open-tracing';
import { TracedEvents } from '../tracing/traced-events';
import { traceRequests } from '../tracing/traced-requests';
import type { Tracing } from '../tracing/tracing';
import { createAdapter, serveOpenApi } from './http';
import { KitModule, ServiceRootModule } from './kit-module';
import type { RunningService, Runtime, ServiceDefinition } from './service-definition';
import { keepTickShape } from './tick-shape';

/** Opens the schema, starts HTTP, consumers and the outbox relay of one service. */
export async function startService(definition: ServiceDefinition, runtime: Runtime): Promise<RunningService> {
  keepTickShape();
  const config = loadConfig(BaseConfig, runtime.environment);
  const dataSource = await openDataSource({
    url: config.DATABASE_URL,
    schema: definition.name,
    migrations: definition.migrations,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName: `croupier-${definition.name}`,
  });
  const metrics = new Metrics(definition.name);
  const tracing = await openTracing(definition.name, config.NAMESPACE, runtime.environment);
  const events = tracedEvents(definition, config, tracing);
  const kit = KitModule.of(definition, runtime, config, { dataSource, metrics, tracing });
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceRootModule.of(kit, definition),
    createAdapter(definition, config),
    { bufferLogs: true, bodyParser: false, abortOnError: false },
  );
  app.useLogger(app.get(Logger));
  app.flushLogs();

  const fastify = app.getHttpAdapter().getInstance();
  app.get(RequestDurations).observeAll(fastify);
  app.get(RequestOrigins).followAll(fastify);
  app.get(Draining).closeConnectionsOf(fastify);
  traceRequests(fastify, tracing, definition.untracedPaths ?? []);
  await definition.configureHttp?.(fastify, app);
  serveOpenApi(app, fastify, definition);
  await consumeEvents(app, definition, busServerOf(definition, runtime, { dataSource, metrics, events }));
  await app.listen(config.PORT ?? SERVICE_PORTS[definition.name], config.HOST);
  const relay = relayOf(runtime, { dataSource, metrics, events });
  relay.start();

  return {
    name: definition.name,
    url: await app.getUrl(),
    stop: async () => {
      if (config.SHUTDOWN_DRAIN_MS > 0)
        await app.get(Draining).drain(fastify.server, config.SHUTDOWN_DRAIN_MS);
      await app.close();
      await relay.stop();
      await tracing.close();
      await dataSource.destroy();
    },
  };
}

interface MessagingParts {
  readonly dataSource: DataSource;
  readonly metrics: Metrics;
  /** Undefined while tracing is off. */
  readonly events: TracedEvents | undefined;
}

function tracedEvents(
  { name }: ServiceDefinition,
  { AMQP_URL }: BaseConfig,
  tracing: Tracing,
): TracedEvents | undefined {
  if (!tracing.isOn) return undefined;
  return new TracedEvents(tracing, name, AMQP_URL === undefined ? 'croupier' : 'rabbitmq');
}

/** The queues of all consumers are declared from the contract, so a handler that it does not name would hear nothing. */
async function consumeEvents(
  app: NestFastifyApplication,
  { name }: ServiceDefinition,
  server: BusServer,
): Promise<void> {
  const declared: readonly string[] = CONSUMERS[name];
  if (declared.length === 0) return;
  serveEvents(app, server);
  const handled = [...server.getHandlers().keys()];
  if (handled.length !== declared.length || handled.some((type) => !declared.includes(type)))
    throw new Error(
      `${name} handles ${handled.join(', ')}; the contract's CONSUMERS say ${declared.join(', ')}`,
    );
  await app.startAllMicroservices();
}

function busServerOf(
  definition: ServiceDefinition,
  runtime: Runtime,
  { dataSource, metrics, events }: MessagingParts,
): BusServer {
  const deadLetters = new DeadLetters(dataSource);
  metrics.readNumberAtScrape(
    'dead_letters_open',
    'Messages this service failed on, which nobody has replayed or discarded yet',
    () => deadLetters.countOpen(),
  );
  const handled = metrics.histogram({
    name: 'event_handling_seconds',
    help: 'Time to handle one event, by its type and outcome',
    labelNames: ['type', 'outcome'],
  });
  return new BusServer({
    bus: runtime.bus,
    consumer: definition.name,
    onDeadLetter: (letter) => deadLetters.store(letter),
    ...(events ? { around: (event, handle) => events.handle(event, handle) } : {}),
    onHandled: (type, outcome, seconds) => handled.observe({ type, outcome }, seconds),
  });
}

function relayOf(runtime: Runtime, { dataSource, metrics, events }: MessagingParts): OutboxRelay {
  const published = metrics.counter({
    name: 'outbox_published_total',
    help: 'Messages confirmed by the bus, by the type of the event',
    labelNames: ['type'],
  });
  // From 0 on, so that a rate sees the first of each.
  for (const type of Object.keys(EVENTS)) published.inc({ type }, 0);
  const failed = metrics.counter({ name: 'outbox_failures_total', help: 'Batches the bus did not confirm' });
  const relay = new OutboxRelay({
    dataSource,
    bus: runtime.bus,
    onPublished: (confirmed) => {
      for (const { type } of confirmed) published.inc({ type });
      events?.published(confirmed.map(eventOf));
    },
    onFailed: () => failed.inc(),
  });
  metrics.readNumberAtScrape('outbox_pending', 'Messages committed and not yet published', () =>
    relay.pendingCount(),
  );
  metrics.readNumberAtScrape(
    'outbox_oldest_age_seconds',
    'Age of the oldest message that is not yet published; 0 when there is none',
    () => relay.pendingAgeSeconds(),
  );
  metrics.readNumberAtScrape('bus_connected', '1 while the bus is there', async () =>
    runtime.bus.connected ? 1 : 0,
  );
  return relay;
}
