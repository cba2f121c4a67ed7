import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const LocalSecrets = z.object({
  OPERATOR_TOKEN: z.string(),
  SERVICE_TOKEN: z.string(),
  SESSION_SECRET: z.string(),
  SECRETS_KEY: z.string(),
  FLAGS_CLIENT_TOKEN: z.string(),
  /** Absent from an installation of before there was an audit trail. */
  AUDIT_SIGNING_KEY: z.string().default(() => drawnSigningKey()),
});
export type LocalSecrets = z.infer<typeof LocalSecrets>;

/** Secrets of a local installation: drawn at the first start, kept in a file that only its owner reads. */
export async function localSecrets(stateDirectory: string): Promise<LocalSecrets> {
  const known = await readSecrets(stateDirectory);
  const secrets = known ?? {
    OPERATOR_TOKEN: randomBytes(24).toString('base64url'),
    SERVICE_TOKEN: randomBytes(24).toString('base64url'),
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    SECRETS_KEY: randomBytes(32).toString('base64'),
    FLAGS_CLIENT_TOKEN: `*:development.${randomBytes(24).toString('hex')}`,
    AUDIT_SIGNING_KEY: drawnSigningKey(),
  };
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(fileIn(stateDirectory), JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

export async function readSecrets(stateDirectory: string): Promise<LocalSecrets | null> {
  const text = await readFile(fileIn(stateDirectory), 'utf8').catch(() => null);
  return text === null ? null : LocalSecrets.parse(JSON.parse(text));
}

/** Ed25519: PKCS #8, DER, base64. */
function drawnSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

function fileIn(stateDirectory: string): string {
  return join(stateDirectory, 'secrets.json');
}
