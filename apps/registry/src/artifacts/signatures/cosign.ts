import { createHash, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { DetachedSignature } from '../repositories/artifact-repository';

/** https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md, 'SimpleSigning' */
const SimpleSigning = z.object({
  critical: z.object({
    identity: z.object({ 'docker-reference': z.string() }),
    image: z.object({ 'docker-manifest-digest': z.string() }),
    type: z.literal('cosign container image signature'),
  }),
});

/**
 * The key that has signed, or null. SHA-256 with ECDSA or with RSA (PKCS #1 v1.5), or Ed25519: what the key is says
 * which, never the signature.
 */
export function signerOf(
  { payload, signature }: DetachedSignature,
  keys: readonly KeyObject[],
): KeyObject | null {
  if (!/^[A-Za-z0-9+/]{40,}={0,2}$/.test(signature)) return null;
  const bytes = Buffer.from(signature, 'base64');
  return keys.find((key) => verifies(key, payload, bytes)) ?? null;
}

/** Whether the payload speaks of that artifact: a signature holds for one digest. */
export function isAbout({ payload }: DetachedSignature, digest: string): boolean {
  try {
    const { critical } = SimpleSigning.parse(JSON.parse(payload.toString('utf8')));
    return critical.image['docker-manifest-digest'] === digest;
  } catch {
    return false;
  }
}

/** SHA-256 of the key in DER, by which people compare keys: `openssl pkey -pubin -outform DER | sha256sum`. */
export function fingerprintOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function verifies(key: KeyObject, payload: Buffer, signature: Buffer): boolean {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  try {
    return verify(algorithm, payload, key, signature);
  } catch {
    return false;
  }
}
