import { createHmac } from 'node:crypto';
import { SignatureSettings } from '@croupier/contracts';
import { schemeOf } from './scheme-of';
import type { Secret } from './secret';
import type { SignatureScheme } from './signature-scheme';

const text = (secret: string): Secret => ({ form: 'text', bytes: Buffer.from(secret) });

function scheme(settings: object): SignatureScheme {
  return schemeOf(SignatureSettings.parse(settings));
}

describe("GitHub's signature", () => {
  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
  const secrets = [text("It's a Secret to Everybody")];
  const body = Buffer.from('Hello, World!');
  const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';

  it('of its own documentation is verified', () => {
    const verdict = scheme({ kind: 'github' }).verify(body, { 'x-hub-signature-256': signature }, secrets, 0);
    expect(verdict).toEqual({ kind: 'verified', signedId: undefined });
  });

  it.each([
    ['in another case', signature.toUpperCase()],
    ['without its prefix', signature.slice('sha256='.length)],
    ['cut short', signature.slice(0, -1)],
    ['made longer', `${signature}0`],
  ])('%s is refused', (_, changed) => {
    expect(
      scheme({ kind: 'github' }).verify(body, { 'x-hub-signature-256': changed }, secrets, 0),
    ).toMatchObject({
      kind: 'mismatch',
      header: 'x-hub-signature-256',
    });
  });
});

describe("Stripe's signature", () => {
  const secret = 'whsec_ZGVtb19zZWNyZXRfb2ZfdGhlX3NwZWM';
  const body = Buffer.from('{"id":"evt_1"}');
  const atMs = 1_492_774_577_000;
  const v1 = createHmac('sha256', secret).update('1492774577.{"id":"evt_1"}').digest('hex');
  const stripe = scheme({ kind: 'stripe' });
  const verify = (header: string, nowMs = atMs): string =>
    stripe.verify(body, { 'stripe-signature': header }, [text(secret)], nowMs).kind;

  it('is verified, whatever other versions stand beside it', () => {
    expect(
      verify(`t=1492774577,v1=${v1},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39`),
    ).toBe('verified');
  });

  it('is verified when any of several matches, as while a secret is rolled', () => {
    expect(verify(`t=1492774577,v1=${'0'.repeat(64)},v1=${v1}`)).toBe('verified');
  });

  it('is refused with another time than the one that was signed', () => {
    expect(verify(`t=1492774578,v1=${v1}`)).toBe('mismatch');
  });

  it('is refused when it is too old', () => {
    expect(verify(`t=1492774577,v1=${v1}`, atMs + 301_000)).toBe('outside-window');
  });

  it.each(['', 't=1492774577', `v1=${v1}`, `t=soon,v1=${v1}`])('is refused when it is %j', (header) => {
    expect(verify(header)).toBe('malformed');
  });
});

describe('an HMAC by configuration', () => {
  it("verifies Slack's own example", () => {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    const slack = scheme({
      kind: 'hmac',
      header: 'X-Slack-Signature',
      prefix: 'v0=',
      signed: 'v0:{timestamp}:{body}',
      timestampHeader: 'X-Slack-Request-Timestamp',
    });
    const body = Buffer.from(
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    );
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    const secrets = [text('8f742231b10e8888abcd99yyyzzz85a5')];
    expect(slack.verify(body, headers, secrets, 1_531_420_618_000).kind).toBe('verified');
    expect(slack.verify(body, headers, secrets, 1_531_421_000_000).kind).toBe('outside-window');
  });

  it('signs the id where the provider does', () => {
    const settings = {
      kind: 'hmac',
      header: 'x-sig',
      digest: 'sha512',
      encoding: 'base64',
      signed: '{id}.{body}',
      idHeader: 'x-id',
    };
    const secrets = [text('a-secret-of-the-test')];
    const body = Buffer.from('{}');
    const { headers } = scheme(settings).sign(body, 'evt_1', secrets, 0);
    expect(scheme(settings).verify(body, headers, secrets, 0)).toEqual({
      kind: 'verified',
      signedId: 'evt_1',
    });
    expect(scheme(settings).verify(body, { ...headers, 'x-id': 'evt_2' }, secrets, 0).kind).toBe('mismatch');
    expect(scheme(settings).verify(body, { 'x-sig': headers['x-sig'] }, secrets, 0).kind).toBe('malformed');
  });

  it("verifies Nexus Repository's HMAC-SHA1", () => {
    const nexus = scheme({ kind: 'hmac', header: 'X-Nexus-Webhook-Signature', digest: 'sha1' });
    const body = Buffer.from('{"action":"CREATED"}');
    const signature = createHmac('sha1', 'a-secret-of-the-test').update(body).digest('hex');
    expect(
      nexus.verify(body, { 'x-nexus-webhook-signature': signature }, [text('a-secret-of-the-test')], 0).kind,
    ).toBe('verified');
  });

  it.each([
    [{ signed: 'nothing' }, 'signed'],
    [{ signed: '{body}{body}' }, 'signed'],
    [{ signed: '{body}{other}' }, 'signed'],
    [{ signed: '{timestamp}.{body}' }, 'signed'],
    [{ timestampHeader: 'x-time' }, 'signed'],
    [{ signed: '{id}.{body}' }, 'idHeader'],
    [{ header: 'no header' }, 'header'],
    [{ digest: 'md5' }, 'digest'],
  ])('is refused with %j', (change, field) => {
    const parsed = SignatureSettings.safeParse({ kind: 'hmac', header: 'x-sig', ...change });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toContain(field);
  });
});
