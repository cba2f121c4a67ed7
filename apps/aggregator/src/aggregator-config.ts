import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const KEY_BYTES = 32;

const AggregatorConfigSchema = z.object({
  /** Seals the providers' secrets at rest. */
  SECRETS_KEY: z
    .base64({ error: 'must be 32 bytes in base64: openssl rand -base64 32' })
    .refine(
      (text) => Buffer.from(text, 'base64').length === KEY_BYTES,
      'must be 32 bytes in base64: openssl rand -base64 32',
    ),
});

/** The aggregator's own variables. */
export class AggregatorConfig {
  readonly secretsKey: string;

  constructor(environment: Environment) {
    this.secretsKey = loadConfig(AggregatorConfigSchema, environment).SECRETS_KEY;
  }
}
