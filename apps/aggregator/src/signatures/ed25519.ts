import { createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalBase64, type Secret } from './secret';

/** `v1a` of Standard Webhooks 1.0.0: Ed25519 (RFC 8032), the key and the signature in base64. */

/** SubjectPublicKeyInfo of Ed25519 up to the key's own 32 bytes (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const keys = new WeakMap<Buffer, KeyObject>();

export function verifiesV1a(publicKey: Secret, signature: string, signed: Buffer): boolean {
  // Lenient decoding would accept signatures that differ from the one that was made.
  const presented = canonicalBase64(signature.slice('v1a,'.length));
  if (!presented) return false;
  return verify(null, signed, keyOf(publicKey), presented);
}

/** Signed by a new key: only the provider has the private one of its own. */
export function signV1a(signed: Buffer): { signature: string; publicKey: Secret } {
  const pair = generateKeyPairSync('ed25519');
  const bytes = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
  return {
    signature: `v1a,${sign(null, signed, pair.privateKey).toString('base64')}`,
    publicKey: { form: 'whpk', bytes },
  };
}

function keyOf({ bytes }: Secret): KeyObject {
  const known = keys.get(bytes);
  if (known) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
  keys.set(bytes, key);
  return key;
}
