import { isAbsolute } from 'node:path';
import { AuditSigner } from '@croupier/audit-chain';
import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';

const AuditConfigSchema = z.object({
  AUDIT_SIGNING_KEY: z.string().transform((key, context) => {
    try {
      return AuditSigner.of(key);
    } catch {
      context.addIssue('must be an Ed25519 key: PKCS #8, DER, base64');
      return z.NEVER;
    }
  }),
  /** Public keys of before, each PEM, one after the other. */
  AUDIT_FORMER_KEYS: z
    .string()
    .default('')
    .transform((text) => text.match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g) ?? []),
  AUDIT_CHECKPOINT_MS: z.coerce.number().int().min(100).max(3_600_000).default(10_000),
  AUDIT_RETENTION_YEARS: z.coerce.number().int().min(1).max(100).default(7),
  AUDIT_ARCHIVE_DIR: z
    .string()
    .refine((path) => isAbsolute(path), 'must be an absolute path')
    .optional(),
});

/** The service's own variables. */
export class AuditConfig {
  readonly signer: AuditSigner;
  readonly formerKeys: readonly string[];
  readonly checkpointMs: number;
  readonly retentionYears: number;
  /** Where records go whose years are over; they stay where they are without it. */
  readonly archiveDirectory: string | null;

  constructor(environment: Environment) {
    const config = loadConfig(AuditConfigSchema, environment);
    this.signer = config.AUDIT_SIGNING_KEY;
    this.formerKeys = config.AUDIT_FORMER_KEYS;
    this.checkpointMs = config.AUDIT_CHECKPOINT_MS;
    this.retentionYears = config.AUDIT_RETENTION_YEARS;
    this.archiveDirectory = config.AUDIT_ARCHIVE_DIR ?? null;
  }
}
