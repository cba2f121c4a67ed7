import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const FlagsVariables = z.object({
  /** What Unleash SDKs send, as it stands, in `Authorization`. */
  FLAGS_CLIENT_TOKEN: z
    .string({ error: 'is needed: the token that Unleash SDKs send in Authorization' })
    .min(16, 'must have at least 16 characters'),
});

/** The service's own variables. */
export class FlagsConfig {
  readonly clientToken: string;

  constructor(environment: Environment) {
    this.clientToken = loadConfig(FlagsVariables, environment).FLAGS_CLIENT_TOKEN;
  }
}
