import { Environment, loadConfig, SecretsKey } from '@croupier/service-kit';
import { z } from 'zod';

const MAX_DAYS = 3_650;

const Range = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

const AggregatorConfigSchema = z
  .object({
    /** Seals the providers' secrets at rest. */
    SECRETS_KEY: SecretsKey,
    /** Whose X-Forwarded-For and client certificate headers are believed. */
    TRUSTED_PROXIES: z
      .string()
      .default('')
      .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
      .refine(
        (ranges) => ranges.every((range) => Range.safeParse(range).success),
        'must be IP addresses or ranges such as 10.0.0.0/8, separated by commas',
      ),
    WEBHOOKS_WAITING_MAX: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
    WEBHOOK_RETENTION_DAYS: z.coerce.number().int().min(1).max(MAX_DAYS).default(30),
    WEBHOOK_ID_RETENTION_DAYS: z.coerce.number().int().min(1).max(MAX_DAYS).default(400),
  })
  .refine((config) => config.WEBHOOK_ID_RETENTION_DAYS >= config.WEBHOOK_RETENTION_DAYS, {
    path: ['WEBHOOK_ID_RETENTION_DAYS'],
    error: 'must be at least WEBHOOK_RETENTION_DAYS',
  });

/** The aggregator's own variables. */
export class AggregatorConfig {
  readonly secretsKey: string;
  readonly trustedProxies: readonly string[];
  /** How many webhooks may wait for their commit before more are refused. */
  readonly webhooksWaitingMax: number;
  /** How long accepted payloads are kept. */
  readonly webhookRetentionDays: number;
  /** How long an accepted webhook is known as a repeat. */
  readonly webhookIdRetentionDays: number;

  constructor(environment: Environment) {
    const config = loadConfig(AggregatorConfigSchema, environment);
    this.secretsKey = config.SECRETS_KEY;
    this.trustedProxies = config.TRUSTED_PROXIES;
    this.webhooksWaitingMax = config.WEBHOOKS_WAITING_MAX;
    this.webhookRetentionDays = config.WEBHOOK_RETENTION_DAYS;
    this.webhookIdRetentionDays = config.WEBHOOK_ID_RETENTION_DAYS;
  }
}
