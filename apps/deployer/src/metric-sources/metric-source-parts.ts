import { Environment } from '@croupier/service-kit';
import { PrometheusClient } from './prometheus-client';
import { PrometheusConfig } from './prometheus-config';
import { PrometheusSource } from './prometheus-source';
import { TotalsRepository } from './totals-repository';

/** For the deployer's module. Gateways and webhooks report by themselves; Prometheus has to be asked. */
export const METRIC_SOURCE_PROVIDERS = [
  {
    provide: PrometheusConfig,
    useFactory: (environment: Environment) => new PrometheusConfig(environment),
    inject: [Environment],
  },
  PrometheusClient,
  PrometheusSource,
  TotalsRepository,
];
