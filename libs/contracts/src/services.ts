import { z } from 'zod';

/** The services of the platform and the port each listens on unless `PORT` says otherwise. */
export const SERVICE_PORTS = {
  gateway: 4000,
  aggregator: 4001,
  registry: 4002,
  deployer: 4003,
  flags: 4004,
  cache: 4005,
  migrator: 4006,
  alerts: 4007,
  access: 4008,
  console: 4010,
  audit: 4009,
} as const;

export const ServiceName = z.enum([
  'access',
  'aggregator',
  'registry',
  'deployer',
  'flags',
  'cache',
  'migrator',
  'gateway',
  'alerts',
  'console',
  'audit',
]);
export type ServiceName = z.infer<typeof ServiceName>;

export const SERVICE_NAMES: readonly ServiceName[] = ServiceName.options;
