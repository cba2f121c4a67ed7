import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { CONSUMERS } from '@croupier/contracts';
import { DeadLetters, Inbox, Outbox } from '@croupier/messaging';
import { LoggerModule } from 'nestjs-pino';
import { ZodValidationPipe } from 'nestjs-zod';
import { destination } from 'pino';
import { DataSource } from 'typeorm';
import { AccessGuard } from '../auth/access-guard';
import { AuthConfig } from '../auth/auth-config';
import { ApiTokens } from '../auth/callers/api-tokens';
import { Authenticator } from '../auth/callers/authenticator';
import { FixedTokens } from '../auth/callers/fixed-tokens';
import { Persons } from '../auth/callers/persons';
import { TokenIntrospection } from '../auth/callers/token-introspection';
import { RequestLimits } from '../auth/limits/request-limits';
import { AuditTrail } from '../audit/audit-trail';
import { RequestOrigins } from '../audit/request-origins';
import { SharedCache } from '../cache/shared-cache';
import { Environment, type BaseConfig } from '../config/environment';
import { ServiceAddresses } from '../config/service-addresses';
import { DeadLetterController } from '../dead-letters/dead-letter-controller';
import { Draining } from '../health/draining';
import { HealthController } from '../health/health-controller';
import { Metrics } from '../metrics/metrics';
import { MetricsController } from '../metrics/metrics-controller';
import { RequestDurations } from '../metrics/request-durations';
import { OutboundHttp } from '../outbound/outbound-http';
import { VersionFiles } from '../outbound/version-files';
import { ProblemFilter } from '../problems/problem-filter';
import { Tracing } from '../tracing/tracing';
import type { Runtime, ServiceDefinition } from './service-definition';
import { BUS, SERVICE_NAME } from './tokens';

/** What is there before the application, and outlives it. */
export interface KitParts {
  readonly dataSource: DataSource;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Global parts of every service. */
@Module({})
export class KitModule {
  static of(
    definition: ServiceDefinition,
    runtime: Runtime,
    config: BaseConfig,
    { dataSource, metrics, tracing }: KitParts,
  ): DynamicModule {
    const shared = [
      { provide: Environment, useValue: runtime.environment },
      { provide: DataSource, useValue: dataSource },
      { provide: BUS, useValue: runtime.bus },
      { provide: SharedCache, useValue: runtime.cache },
      { provide: Metrics, useValue: metrics },
      { provide: Tracing, useValue: tracing },
      { provide: RequestDurations, useValue: new RequestDurations(metrics) },
      { provide: Inbox, useValue: new Inbox(dataSource) },
      { provide: DeadLetters, useValue: new DeadLetters(dataSource) },
      Draining,
      AuditTrail,
      RequestOrigins,
      Outbox,
      OutboundHttp,
      ServiceAddresses,
      VersionFiles,
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
              ...(tracing.isOn ? { mixin: () => tracing.logFields() } : {}),
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
        { provide: AuthConfig, useValue: new AuthConfig(runtime.environment) },
        ApiTokens,
        Authenticator,
        FixedTokens,
        Persons,
        RequestLimits,
        TokenIntrospection,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useExisting: RequestOrigins },
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
