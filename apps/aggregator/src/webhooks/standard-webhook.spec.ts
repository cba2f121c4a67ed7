import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { secretText } from '../providers/webhook-secret';
import { readWebhookHeaders, verifyWebhook, type WebhookHeaders } from './standard-webhook';

const NOW_MS = Date.UTC(2025, 5, 1);
const BODY = Buffer.from('{"type":"game.added","data":{"game":"sl\u00f6ts \u{1f3b0}"}}');
const secret = randomBytes(32);

/** Signed by the reference library. */
function signed(by: Buffer[], atMs = NOW_MS, body = BODY): WebhookHeaders {
  const read = readWebhookHeaders({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(atMs / 1000)),
    'webhook-signature': by
      .map((key) => new Webhook(secretText(key)).sign('msg_1', new Date(atMs), body))
      .join(' '),
  });
  if (read.kind === 'faulty') throw new Error(JSON.stringify(read.faults));
  return read.headers;
}

function faultyHeaders(headers: Record<string, string>): string[] {
  const read = readWebhookHeaders(headers);
  return read.kind === 'faulty' ? read.faults.map(({ header }) => header) : [];
}

describe('readWebhookHeaders', () => {
  it('names each header that is missing', () => {
    expect(faultyHeaders({})).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
  });

  it.each(['yesterday', '-5', '1.5', '1e9', ''])('refuses the timestamp %j', (timestamp) => {
    expect(
      faultyHeaders({ 'webhook-id': 'a', 'webhook-timestamp': timestamp, 'webhook-signature': 'v1,x' }),
    ).toEqual(['webhook-timestamp']);
  });

  it.each(['two words', 'b\u00e4d', 'x'.repeat(201), ''])('refuses the id %j', (id) => {
    expect(
      faultyHeaders({ 'webhook-id': id, 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' }),
    ).toEqual(['webhook-id']);
  });

  it('skips signatures of schemes it does not know', () => {
    const read = readWebhookHeaders({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1',
      'webhook-signature': 'v1a,asymmetric v1,symmetric v2,future',
    });
    expect(read).toMatchObject({ headers: { signatures: ['symmetric'] } });
  });
});

describe('verifyWebhook', () => {
  it('verifies what the reference library signs', () => {
    expect(verifyWebhook(signed([secret]), BODY, [secret], NOW_MS)).toBe('verified');
  });

  it('verifies when any signature matches any active secret', () => {
    const [old, foreign] = [randomBytes(24), randomBytes(64)];
    expect(verifyWebhook(signed([foreign, old]), BODY, [secret, old], NOW_MS)).toBe('verified');
  });

  it('refuses the signature of another secret', () => {
    expect(verifyWebhook(signed([randomBytes(32)]), BODY, [secret], NOW_MS)).toBe('signature-mismatch');
  });

  it('refuses a body that differs in one byte', () => {
    const changed = Buffer.from(BODY);
    changed.writeUInt8(changed.readUInt8(5) ^ 1, 5);
    expect(verifyWebhook(signed([secret]), changed, [secret], NOW_MS)).toBe('signature-mismatch');
  });

  it.each(['id', 'timestamp'] as const)('refuses another %s than the one that was signed', (field) => {
    const headers = { ...signed([secret]), [field]: String(Math.floor(NOW_MS / 1000) + 1) };
    expect(verifyWebhook(headers, BODY, [secret], NOW_MS)).toBe('signature-mismatch');
  });

  it.each([
    ['no signature', []],
    ['an empty one', ['']],
    ['no base64', ['***']],
  ])('refuses %s', (_, signatures) => {
    expect(verifyWebhook({ ...signed([secret]), signatures }, BODY, [secret], NOW_MS)).toBe(
      'signature-mismatch',
    );
  });

  it.each([
    [-300, 'verified'],
    [300, 'verified'],
    [-301, 'outside-window'],
    [301, 'outside-window'],
  ])('judges a timestamp %i s away as %s', (offsetSeconds, verdict) => {
    const headers = signed([secret], NOW_MS + offsetSeconds * 1000);
    expect(verifyWebhook(headers, BODY, [secret], NOW_MS)).toBe(verdict);
  });
});
