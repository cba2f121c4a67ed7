import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { EmbeddedBus } from '@croupier/messaging';
import { DataSource } from 'typeorm';
import { InProcessCache } from '../cache/in-process-cache';
import { BaseConfig, loadConfig } from '../config/environment';
import { Metrics } from '../metrics/metrics';
import { Untraced } from '../tracing/untraced';
import { createAdapter, openApiOf } from './http';
import { KitModule, ServiceRootModule } from './kit-module';
import type { ServiceDefinition } from './service-definition';

/** Valid, and never used: a preview instantiates nothing. */
const ENVIRONMENT = {
  DATABASE_URL: 'postgres://nobody@localhost/nothing',
  OPERATOR_TOKEN: 'token-that-nobody-reads',
  SERVICE_TOKEN: 'token-that-nobody-reads-either',
};

/** The OpenAPI document that a service would serve. Nothing is started, so nothing that it needs has to be there. */
export async function describeService(definition: ServiceDefinition): Promise<OpenAPIObject> {
  const config = loadConfig(BaseConfig, ENVIRONMENT);
  const kit = KitModule.of(
    definition,
    { environment: ENVIRONMENT, bus: new EmbeddedBus(), cache: new InProcessCache() },
    config,
    {
      dataSource: new DataSource({ type: 'postgres', url: ENVIRONMENT.DATABASE_URL }),
      metrics: new Metrics(definition.name),
      tracing: new Untraced(),
    },
  );
  const app = await NestFactory.create(
    ServiceRootModule.of(kit, definition),
    createAdapter(definition, config),
    {
      preview: true,
      abortOnError: false,
      logger: false,
    },
  );
  return openApiOf(app, definition);
}
