import {
  InternalHosts,
  loadConfig,
  SecretsKey,
  type AddressPolicy,
  type Environment,
  type ServiceAddresses,
} from '@croupier/service-kit';
import { z } from 'zod';

const AlertsConfigSchema = z.object({
  /** Seals the channels' secrets at rest. */
  SECRETS_KEY: SecretsKey,
  ALERTS_ATTEMPTS: z.coerce.number().int().min(1).max(1_000).default(200),
  ALERTS_FIRST_RETRY_MS: z.coerce.number().int().min(1).max(60_000).default(1_000),
  ALERTS_LONGEST_RETRY_MS: z.coerce.number().int().min(1).max(3_600_000).default(60_000),
  ALERTS_CALL_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(10_000),
  ALERTS_INTERNAL_HOSTS: InternalHosts,
  ALERTS_RELEASE_LINK: z
    .url({ protocol: /^https?$/, error: 'must be an https:// or http:// address' })
    .refine((link) => link.includes('{releaseId}'), 'must have {releaseId} in it')
    .optional(),
});

/** The service's own variables. */
export class AlertsConfig {
  readonly secretsKey: string;
  /** Of one delivery, before it is given up. */
  readonly attempts: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** Of one call to a channel. */
  readonly callTimeoutMs: number;
  /** Where channels may lead. */
  readonly addresses: AddressPolicy;
  /** Where people read a release's timeline, with `{releaseId}` in it. */
  readonly releaseLink: string;

  constructor(environment: Environment, addresses: ServiceAddresses) {
    const config = loadConfig(AlertsConfigSchema, environment);
    this.secretsKey = config.SECRETS_KEY;
    this.attempts = config.ALERTS_ATTEMPTS;
    this.firstRetryMs = config.ALERTS_FIRST_RETRY_MS;
    this.longestRetryMs = config.ALERTS_LONGEST_RETRY_MS;
    this.callTimeoutMs = config.ALERTS_CALL_TIMEOUT_MS;
    this.addresses = config.ALERTS_INTERNAL_HOSTS;
    this.releaseLink =
      config.ALERTS_RELEASE_LINK ?? `${addresses.url('deployer')}/v1/releases/{releaseId}/timeline`;
  }
}
