import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { CONSUMERS } from '@croupier/contracts';
import { DeadLetters, Inbox, Outbox } from '@croupier/messaging';
import { LoggerModule } from 'nestjs-pino';
import { ZodValidationPipe } from 'nestjs-zod';
import { destination } from 'pino';
import { DataSource } from 'typeorm';
import { BearerGuard } from '../auth/bearer-guard';
import { SharedCache } from '../cache/shared-cache';
import { Environment, type BaseConfig } from '../config/environment';
import { ServiceAddresses } from '../config/service-addresses';
import { DeadLetterController } from '../dead-letters/dead-letter-controller';
import { HealthController } from '../health/health-controller';
import { Metrics } from '../metrics/metrics';
import { MetricsController } from '../metrics/metrics-controller';
import { RequestDurations } from '../metrics/request-durations';
import { OutboundHttp } from '../outbound/outbound-http';
import { RegistryAccess } from '../outbound/registry-access';
import { ProblemFilter } from '../problems/problem-filter';
import type { Runtime, ServiceDefinition } from './service-definition';
import { BUS, SERVICE_NAME } from './tokens';

/** Global parts of every service. */
@Module({})
export class KitModule {
  static of(
    definition: ServiceDefinition,
    runtime: Runtime,
    config: BaseConfig,
    dataSource: DataSource,
    metrics: Metrics,
  ): DynamicModule {
    const shared = [
      { provide: Environment, useValue: runtime.environment },
      { provide: DataSource, useValue: dataSource },
      { provide: BUS, useValue: runtime.bus },
      { provide: SharedCache, useValue: runtime.cache },
      { provide: Metrics, useValue: metrics },
      { provide: RequestDurations, useValue: new RequestDurations(metrics) },
      { provide: Inbox, useValue: new Inbox(dataSource) },
      { provide: DeadLetters, useValue: new DeadLetters(dataSource) },
      Outbox,
      OutboundHttp,
      RegistryAccess,
      ServiceAddresses,
    ];
    return {
      module: KitModule,
      global: true,
      imports: [
        TerminusModule.forRoot({ logger: false }),
        LoggerModule.forRoot({
          ...(definition.logsRequests === false ? { forRoutes: [] } : {}),
          pinoHttp: [
            {
              name: config.LOG_NAME ?? definition.name,
              level: config.LOG_LEVEL,
              autoLogging: false,
              redact: ['req.headers.authorization', 'req.headers["x-croupier-session"]'],
            },
            destination({ dest: config.LOG_FILE ?? 1, mkdir: true }),
          ],
        }),
      ],
      controllers: [HealthController, MetricsController, ...deadLetterControllers(definition)],
      providers: [
        ...shared,
        { provide: SERVICE_NAME, useValue: definition.name },
        { provide: APP_GUARD, useClass: BearerGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: ZodValidationPipe },
      ],
      exports: shared.map((part) => (typeof part === 'function' ? part : part.provide)),
    };
  }
}

/** Who consumes nothing has no dead letters. */
function deadLetterControllers({ name }: ServiceDefinition): [] | [typeof DeadLetterController] {
  return CONSUMERS[name].length > 0 ? [DeadLetterController] : [];
}

/** The application of one service: the kit and the service's own module. */
@Module({})
export class ServiceRootModule {
  static of(kit: DynamicModule, definition: ServiceDefinition): DynamicModule {
    return { module: ServiceRootModule, imports: [kit, definition.module] };
  }
}
