import { randomBytes } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { readSecret, secretText, type Secret } from './secret';
import type { RequestHeaders, Verdict } from './signature-scheme';
import { standardWebhooks } from './standard-webhooks';

const NOW_MS = Date.UTC(2025, 5, 1);
const BODY = Buffer.from('{"type":"game.added","data":{"game":"sl\u00f6ts \u{1f3b0}"}}');
const scheme = standardWebhooks({ toleranceSeconds: 300 });
const secret = symmetric();

function symmetric(bytes = 32): Secret {
  return { form: 'whsec', bytes: randomBytes(bytes) };
}

type Names = 'webhook' | 'svix';

/** The headers that the official client of each name family makes. */
function signedBy(names: Names, by: Secret[], atMs = NOW_MS, body = BODY): Record<string, string> {
  const Client = names === 'svix' ? SvixWebhook : StandardWebhook;
  return {
    [`${names}-id`]: 'msg_1',
    [`${names}-timestamp`]: String(Math.floor(atMs / 1000)),
    [`${names}-signature`]: by
      .map((key) => new Client(secretText(key)).sign('msg_1', new Date(atMs), body.toString()))
      .join(' '),
  };
}

function verify(headers: RequestHeaders, body = BODY, secrets = [secret], nowMs = NOW_MS): Verdict['kind'] {
  return scheme.verify(body, headers, secrets, nowMs).kind;
}

function faults(headers: RequestHeaders): string[] {
  const verdict = scheme.verify(BODY, headers, [secret], NOW_MS);
  return verdict.kind === 'malformed' ? verdict.faults.map(({ header }) => header) : [];
}

/** Every text that differs from `text` in one bit of its UTF-8. */
function* oneBitOff(text: string): Generator<string> {
  const bytes = Buffer.from(text);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    yield changed.toString('latin1');
  }
}

describe.each<Names>(['webhook', 'svix'])('what the official client signs under %s-*', (names) => {
  const headers = signedBy(names, [secret]);

  it('is verified, and its id is signed', () => {
    expect(scheme.verify(BODY, headers, [secret], NOW_MS)).toEqual({ kind: 'verified', signedId: 'msg_1' });
  });

  it.each(['id', 'timestamp', 'signature'])('is refused when any one bit of the %s is another', (part) => {
    const name = `${names}-${part}`;
    for (const changed of oneBitOff(headers[name] ?? ''))
      expect([changed, verify({ ...headers, [name]: changed })]).not.toEqual([changed, 'verified']);
  });

  it('is refused when any one bit of the body is another', () => {
    for (let bit = 0; bit < BODY.length * 8; bit++) {
      const changed = Buffer.from(BODY);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(verify(headers, changed)).toBe('mismatch');
    }
  });

  it('is refused when any one bit of the secret is another', () => {
    for (let bit = 0; bit < secret.bytes.length * 8; bit++) {
      const bytes = Buffer.from(secret.bytes);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(verify(headers, BODY, [{ form: 'whsec', bytes }])).toBe('mismatch');
    }
  });

  it.each([
    [-300, 'verified'],
    [300, 'verified'],
    [-301, 'outside-window'],
    [301, 'outside-window'],
  ])('with a timestamp %i s away is judged %s', (offsetSeconds, verdict) => {
    expect(verify(signedBy(names, [secret], NOW_MS + offsetSeconds * 1000))).toBe(verdict);
  });
});

describe('a v1a signature', () => {
  // The reference vector: test_asymmetric_key_signing of https://github.com/svix/svix-webhooks
  const reading = readSecret('standard', 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=');
  const keys = reading.kind === 'secret' ? [reading.secret] : [];
  const body = Buffer.from('{"test": 2432232314}');
  const atMs = 1_614_265_330_000;
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature':
      'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
  };

  it('of the reference is verified', () => {
    expect(verify(headers, body, keys, atMs)).toBe('verified');
  });

  it('is refused when any one bit of signature, id, timestamp or body is another', () => {
    for (const name of Object.keys(headers) as (keyof typeof headers)[])
      for (const changed of oneBitOff(headers[name]))
        expect(verify({ ...headers, [name]: changed }, body, keys, atMs)).not.toBe('verified');
    for (let bit = 0; bit < body.length * 8; bit++) {
      const changed = Buffer.from(body);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(verify(headers, changed, keys, atMs)).toBe('mismatch');
    }
  });

  it('is never verified by the public key taken as a symmetric one', () => {
    const bytes = keys[0]?.bytes ?? Buffer.alloc(0);
    const forged = signedBy('webhook', [{ form: 'whsec', bytes }], atMs, body);
    expect(verify(forged, body, keys, atMs)).toBe('mismatch');
    expect(
      verify(
        { ...forged, 'webhook-signature': forged['webhook-signature']?.replace('v1,', 'v1a,') },
        body,
        keys,
        atMs,
      ),
    ).toBe('mismatch');
  });

  it('is verified beside a symmetric secret, so that a provider can go from one to the other', () => {
    expect(verify(headers, body, [secret, ...keys], atMs)).toBe('verified');
    const symmetricToo = signedBy('webhook', [secret], atMs, body);
    expect(verify(symmetricToo, body, [...keys, secret], atMs)).toBe('verified');
  });
});

describe('several signatures and secrets', () => {
  it('verify when any of them match', () => {
    const [old, foreign] = [symmetric(24), symmetric(64)];
    expect(verify(signedBy('webhook', [foreign, old]), BODY, [secret, old])).toBe('verified');
    expect(verify(signedBy('webhook', [foreign]), BODY, [secret, old])).toBe('mismatch');
  });

  it('of versions that are not known are skipped', () => {
    const headers = signedBy('webhook', [secret]);
    const signature = `v2,future v1b,x ${headers['webhook-signature']}`;
    expect(verify({ ...headers, 'webhook-signature': signature })).toBe('verified');
  });
});

describe('the headers', () => {
  it('are named when they are missing', () => {
    expect(faults({})).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
    expect(faults({ 'svix-signature': 'v1,x' })).toEqual(['svix-id', 'svix-timestamp']);
  });

  it('are never mixed from both families', () => {
    const { 'svix-id': id, 'svix-timestamp': timestamp } = signedBy('svix', [secret]);
    const signature = signedBy('webhook', [secret])['webhook-signature'];
    expect(faults({ 'svix-id': id, 'svix-timestamp': timestamp, 'webhook-signature': signature })).toEqual([
      'webhook-id',
      'webhook-timestamp',
    ]);
  });

  it.each(['yesterday', '-5', '1.5', '1e9', ''])('are refused with the timestamp %j', (timestamp) => {
    expect(
      faults({ 'webhook-id': 'a', 'webhook-timestamp': timestamp, 'webhook-signature': 'v1,x' }),
    ).toEqual(['webhook-timestamp']);
  });

  it.each(['two words', 'b\u00e4d', 'x'.repeat(201), ''])('are refused with the id %j', (id) => {
    expect(faults({ 'webhook-id': id, 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' })).toEqual([
      'webhook-id',
    ]);
  });
});
