import { Certification } from '@croupier/contracts';
import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const DAY_MS = 24 * 60 * 60_000;

const Variables = z.object({
  /** What markets ask for that have no rule of their own. */
  CERTIFICATION: Certification.default('declared'),
  CERTIFICATE_WARNING_DAYS: z.coerce.number().int().min(1).max(365).default(30),
});

export class RegistryConfig {
  readonly certification: Certification;
  /** How long before its end a certificate is warned of. */
  readonly warningMs: number;

  constructor(environment: Environment) {
    const variables = loadConfig(Variables, environment);
    this.certification = variables.CERTIFICATION;
    this.warningMs = variables.CERTIFICATE_WARNING_DAYS * DAY_MS;
  }
}
