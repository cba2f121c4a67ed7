import { isRedisAddress } from '@croupier/cache-client';
import { z } from 'zod';

/** Raw environment variables of one service. An injectable, so that many services can share a process. */
export abstract class Environment {
  readonly [name: string]: string | undefined;
}

export class ConfigurationError extends Error {}

/** Parses variables with `schema`. The error names every variable at fault. */
export function loadConfig<Schema extends z.ZodType>(
  schema: Schema,
  environment: Environment | NodeJS.ProcessEnv,
): z.infer<Schema> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`The configuration is not valid. ${faults.join('; ')}`);
}

/** The variables every service reads. `AMQP_URL` and `REDIS_URL` choose the transport and the cache. */
export const BaseConfig = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(8),
  AMQP_URL: z.url({ protocol: /^amqps?$/, error: 'must be an amqp:// address' }).optional(),
  REDIS_URL: z
    .string()
    .refine(isRedisAddress, 'must be a redis://, redis+sentinel:// or redis+cluster:// address')
    .optional(),
  /** Prefix of exchanges, queues and cache keys: keeps installations on shared servers apart. */
  NAMESPACE: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 lower-case letters, digits or hyphens')
    .default('croupier'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Where logs go; standard output when not set. */
  LOG_FILE: z.string().optional(),
  /** Who speaks in the logs; the service's name when not set. */
  LOG_NAME: z.string().optional(),
  /** How long a service that is told to end goes on answering, without being ready. */
  SHUTDOWN_DRAIN_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** How long a request may take to arrive, with its body. */
  HTTP_REQUEST_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(30_000),
  /** How long its headers may take. */
  HTTP_HEADERS_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(10_000),
  /** How long a connection may be idle: longer than a load balancer keeps its own. */
  HTTP_KEEP_ALIVE_TIMEOUT_MS: z.coerce.number().int().min(100).max(600_000).default(72_000),
  OPERATOR_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  SERVICE_TOKEN: z.string().min(16, 'must have at least 16 characters'),
});
export type BaseConfig = z.infer<typeof BaseConfig>;
