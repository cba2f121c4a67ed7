import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { fingerprintOf, isAbout, signerOf } from './cosign';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const DIGEST = `sha256:${'1'.repeat(64)}`;
const payload = Buffer.from(
  JSON.stringify({
    critical: {
      identity: { 'docker-reference': 'registry.example.com/slots' },
      image: { 'docker-manifest-digest': DIGEST },
      type: 'cosign container image signature',
    },
    optional: { creator: 'ci' },
  }),
);
const signedWith = (key: KeyObject, algorithm: string | null = 'sha256'): string =>
  sign(algorithm, payload, key).toString('base64');

describe('a signature as cosign makes it', () => {
  it.each([
    ['ECDSA', ec, 'sha256'],
    ['RSA', rsa, 'sha256'],
    ['Ed25519', ed25519, null],
  ])('is valid by its %s key, and names that one', (_, { privateKey, publicKey }, algorithm) => {
    const signature = signedWith(privateKey, algorithm);
    expect(signerOf({ payload, signature }, [ec.publicKey, publicKey])).toBe(publicKey);
  });

  it.each([
    [
      'another payload',
      { payload: Buffer.concat([payload, Buffer.from(' ')]), signature: signedWith(ec.privateKey) },
    ],
    ['another key', { payload, signature: signedWith(rsa.privateKey) }],
    ['another digest algorithm', { payload, signature: signedWith(ec.privateKey, 'sha384') }],
    ['no base64', { payload, signature: '<html>' }],
    ['nothing', { payload, signature: '' }],
  ])('is not valid for %s', (_, signature) => {
    expect(signerOf(signature, [ec.publicKey])).toBeNull();
    expect(signerOf(signature, [])).toBeNull();
  });

  it('speaks of one digest', () => {
    const signature = '';
    expect(isAbout({ payload, signature }, DIGEST)).toBe(true);
    expect(isAbout({ payload, signature }, DIGEST.replace('1', '2'))).toBe(false);
    const otherType = Buffer.from(payload.toString().replace('cosign container', 'some other'));
    expect(isAbout({ payload: otherType, signature }, DIGEST)).toBe(false);
    expect(isAbout({ payload: Buffer.from('{}'), signature }, DIGEST)).toBe(false);
  });

  it('names a key by the digest that openssl tells of it', () => {
    // openssl pkey -pubin -outform DER | sha256sum; the key of RFC 8410, section 10.1.
    const key = createPublicKey(
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    );
    expect(fingerprintOf(key)).toBe('a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f');
  });
});
