import { SignatureSettings, type SignatureKind } from '@croupier/contracts';
import fc from 'fast-check';
import { generateSecret, readSecret, secretNeedOf, type Secret } from './secret';
import { schemeOf } from './scheme-of';

const NOW_MS = Date.UTC(2026, 0, 31);

const EVERY_SCHEME: Record<SignatureKind, object> = {
  'standard-webhooks': {},
  github: {},
  gitlab: {},
  stripe: {},
  hmac: { header: 'x-sig', signed: '{timestamp}:{id}:{body}', timestampHeader: 'x-time', idHeader: 'x-id' },
  basic: { username: 'acme' },
  bearer: {},
  mtls: { header: 'x-subject', subjects: ['CN=acme'] },
};
const COVERS_THE_BODY: readonly SignatureKind[] = ['standard-webhooks', 'github', 'stripe', 'hmac'];

function secretsOf(kind: SignatureKind): Secret[] {
  const need = secretNeedOf(kind);
  if (need === 'none') return [];
  const reading = readSecret(need, generateSecret(need));
  if (reading.kind === 'fault') throw new Error(reading.detail);
  return [reading.secret];
}

describe.each(Object.keys(EVERY_SCHEME) as SignatureKind[])('the scheme %s', (kind) => {
  const scheme = schemeOf(SignatureSettings.parse({ kind, ...EVERY_SCHEME[kind] }));
  const secrets = secretsOf(kind);
  const body = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));

  it('verifies what it signs, by any of several secrets', () => {
    fc.assert(
      fc.property(body, (bytes) => {
        const sample = scheme.sign(bytes, 'msg_1', secrets, NOW_MS);
        const active = [...secretsOf(kind), ...sample.secrets];
        expect(scheme.verify(bytes, sample.headers, active, NOW_MS)).toMatchObject({ kind: 'verified' });
      }),
    );
  });

  if (secretNeedOf(kind) !== 'none') {
    it('refuses what another secret signs', () => {
      const sample = scheme.sign(Buffer.from('{}'), 'msg_1', secretsOf(kind), NOW_MS);
      expect(scheme.verify(Buffer.from('{}'), sample.headers, secrets, NOW_MS)).toMatchObject({
        kind: 'mismatch',
      });
      expect(scheme.verify(Buffer.from('{}'), sample.headers, [], NOW_MS)).toMatchObject({
        kind: 'mismatch',
      });
    });
  }

  if (COVERS_THE_BODY.includes(kind)) {
    it('refuses a body that differs in one bit', () => {
      fc.assert(
        fc.property(body, fc.nat(), (bytes, position) => {
          const { headers } = scheme.sign(bytes, 'msg_1', secrets, NOW_MS);
          const changed = Buffer.from(bytes);
          changed[position % bytes.length]! ^= 1 << (position & 7);
          expect(scheme.verify(changed, headers, secrets, NOW_MS).kind).toBe('mismatch');
        }),
      );
    });
  }

  it('judges whatever headers there are, and never throws', () => {
    const { headers } = scheme.sign(Buffer.from('{}'), 'msg_1', secrets, NOW_MS);
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(...Object.values(headers)),
      fc.constantFrom('v1,', 'v1a,', 'v1a,AA==', 't=,v1=', 't=1,v1=1,v1', 'Basic ', 'Bearer', 'Subject="\\'),
      fc.constant(undefined),
      fc.array(fc.string(), { maxLength: 3 }),
    );
    const anyHeaders = fc.record(Object.fromEntries(Object.keys(headers).map((name) => [name, value])));
    fc.assert(
      fc.property(anyHeaders, (changed) => {
        expect(scheme.verify(Buffer.from('{}'), changed, secrets, NOW_MS).kind).toEqual(expect.any(String));
      }),
      { numRuns: 500 },
    );
  });
});
