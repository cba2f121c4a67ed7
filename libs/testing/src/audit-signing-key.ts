import { generateKeyPairSync } from 'node:crypto';

/** A new key in the form of `AUDIT_SIGNING_KEY`: Ed25519, PKCS #8, DER, in base64. */
export function auditSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}
