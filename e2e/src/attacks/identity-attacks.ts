import { generateKeyPairSync } from 'node:crypto';
import { macOf, type IdentityProvider } from './identity-provider';
import { PROBLEM, type Stage } from './stage';

const attacker = generateKeyPairSync('rsa', { modulusLength: 2048 });
const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

type Forge = (identities: IdentityProvider) => string;

const FORGERIES: readonly [attack: string, forge: Forge][] = [
  ['alg none', (own) => own.token({ header: { alg: 'none' }, signature: () => '' })],
  ['alg None with a signature', (own) => own.token({ header: { alg: 'None' } })],
  [
    'HS256 with the public key for its secret',
    (own) => own.token({ header: { alg: 'HS256' }, signature: (text) => macOf(text, own.publicPem) }),
  ],
  [
    'HS256 with an empty secret',
    (own) => own.token({ header: { alg: 'HS256' }, signature: (text) => macOf(text, '') }),
  ],
  [
    'the key of the attacker under the known kid',
    (own) => own.token({ signature: (text) => own.signed(text, attacker.privateKey) }),
  ],
  [
    'the key of the attacker in the token itself (jwk)',
    (own) =>
      own.token({
        header: { kid: undefined, jwk: attacker.publicKey.export({ format: 'jwk' }) },
        signature: (text) => own.signed(text, attacker.privateKey),
      }),
  ],
  ['a kid that nobody knows', (own) => own.token({ header: { kid: 'second' } })],
  [
    'a kid that is a path',
    (own) => own.token({ header: { kid: '../../../../dev/null' }, signature: (text) => macOf(text, '') }),
  ],
  ['a kid that is SQL', (own) => own.token({ header: { kid: "x' UNION SELECT 'secret" } })],
  ['keys elsewhere (jku)', (own) => own.token({ header: { kid: 'second', jku: 'http://127.0.0.1:1/keys' } })],
  [
    'a critical header that nobody understands',
    (own) => own.token({ header: { crit: ['exp'], b64: false } }),
  ],
  ['another issuer', (own) => own.token({ claims: { iss: 'https://elsewhere.example' } })],
  ['another audience', (own) => own.token({ claims: { aud: 'roulette' } })],
  ['an end in the past', (own) => own.token({ claims: { exp: secondsAgo(60) } })],
  ['no end', (own) => own.token({ claims: { exp: undefined } })],
  ['a beginning in the future', (own) => own.token({ claims: { nbf: secondsAgo(-300) } })],
  ['nobody as its subject', (own) => own.token({ claims: { sub: undefined } })],
  ['claims that were changed after signing', (own) => changed(own.token())],
];

export function identityAttacks(on: () => Stage): void {
  describe('a forged token of an identity provider', () => {
    const get = (token: string) => on().call('deployer', 'get', '/v1/releases', token);

    it('is told from a good one', async () => {
      await get(on().identities.token()).expect(200);
    });

    it.each(FORGERIES)('with %s is refused', async (_attack, forge) => {
      const { body } = await get(forge(on().identities)).expect(401).expect('content-type', PROBLEM);
      expect(body.errors).toMatchObject([{ field: 'authorization' }]);
    });

    it('with a group that is in every object (constructor, __proto__) has no rights', async () => {
      const groups = ['constructor', '__proto__', 'toString'];
      await get(on().identities.token({ claims: { groups } })).expect(403);
    });
  });
}

/** More groups under the same signature. */
function changed(token: string): string {
  const [head, body, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as object;
  const more = Buffer.from(JSON.stringify({ ...claims, groups: ['admins'] })).toString('base64url');
  return `${head}.${more}.${signature}`;
}
