import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { canonicalJson } from './canonical';

export interface Signed {
  readonly keyId: string;
  readonly signature: string;
}

/** Signs JSON with Ed25519 (RFC 8032). */
export class AuditSigner {
  readonly keyId: string;
  readonly publicKey: KeyObject;

  private constructor(private readonly key: KeyObject) {
    this.publicKey = createPublicKey(key);
    this.keyId = keyIdOf(this.publicKey);
  }

  /** @param key - PKCS #8, DER, base64. @throws when it is no such key */
  static of(key: string): AuditSigner {
    const read = createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' });
    if (read.asymmetricKeyType !== 'ed25519') throw new TypeError('The key is not an Ed25519 key');
    return new AuditSigner(read);
  }

  sign<Content extends object>(content: Content): Content & Signed {
    const signed = { ...content, keyId: this.keyId };
    const signature = sign(null, Buffer.from(canonicalJson(signed)), this.key).toString('base64');
    return { ...signed, signature };
  }
}

/** The public keys that are believed. */
export class TrustedKeys {
  private readonly keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: readonly KeyObject[]) {
    this.keys = new Map(keys.map((key) => [keyIdOf(key), key]));
  }

  /** @param texts - each a public key, PEM */
  static ofPem(texts: readonly string[]): TrustedKeys {
    return new TrustedKeys(texts.map((text) => createPublicKey(text)));
  }

  /** Null when the signature is one of a key that is believed; else what is wrong. */
  faultOf({ signature, ...content }: Signed): 'unknown-key' | 'bad-signature' | null {
    const key = this.keys.get(content.keyId);
    if (key === undefined) return 'unknown-key';
    const bytes = Buffer.from(signature, 'base64');
    // Base64 leaves bits at the end that nothing is made of: the same signature has several texts.
    const isGood =
      bytes.toString('base64') === signature && verify(null, Buffer.from(canonicalJson(content)), key, bytes);
    return isGood ? null : 'bad-signature';
  }
}

export function pemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

export function keyIdOf(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}
