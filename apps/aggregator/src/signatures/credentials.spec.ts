import { SignatureSettings } from '@croupier/contracts';
import { schemeOf } from './scheme-of';
import type { Secret } from './secret';
import type { RequestHeaders, SignatureScheme } from './signature-scheme';

const BODY = Buffer.from('{}');
const text = (secret: string): Secret => ({ form: 'text', bytes: Buffer.from(secret) });
const secrets = [text('the-new-secret-0123'), text('the-old-secret-0123')];

function verdict(settings: object, headers: RequestHeaders): string {
  const scheme: SignatureScheme = schemeOf(SignatureSettings.parse(settings));
  return scheme.verify(BODY, headers, secrets, 0).kind;
}

const base64 = (value: string): string => Buffer.from(value).toString('base64');

describe('HTTP Basic', () => {
  it.each([
    ['the new password', `Basic ${base64('acme:the-new-secret-0123')}`, 'verified'],
    ['the old password', `basic ${base64('acme:the-old-secret-0123')}`, 'verified'],
    ['another password', `Basic ${base64('acme:another-secret')}`, 'mismatch'],
    ['another user', `Basic ${base64('acne:the-new-secret-0123')}`, 'mismatch'],
    ['an empty password', `Basic ${base64('acme:')}`, 'mismatch'],
    ['no base64', 'Basic ***', 'malformed'],
    ['base64 with other bits at its end', `Basic ${base64('acme:xy').replace(/=$/, '')}`, 'malformed'],
    ['another scheme', 'Bearer the-new-secret-0123', 'malformed'],
  ])('with %s', (_, authorization, expected) => {
    expect(verdict({ kind: 'basic', username: 'acme' }, { authorization })).toBe(expected);
  });
});

describe('a bearer token', () => {
  it.each([
    ['the new one', 'Bearer the-new-secret-0123', 'verified'],
    ['the old one', 'bearer the-old-secret-0123', 'verified'],
    ['another', 'Bearer the-new-secret-0124', 'mismatch'],
    ['one that is longer', 'Bearer the-new-secret-01233', 'mismatch'],
    ['none', 'Bearer ', 'malformed'],
    ['another scheme', 'Basic the-new-secret-0123', 'malformed'],
  ])('that is %s', (_, authorization, expected) => {
    expect(verdict({ kind: 'bearer' }, { authorization })).toBe(expected);
  });

  it('may be in a header of its own, as Artifactory has it', () => {
    const settings = { kind: 'bearer', header: 'X-JFrog-Event-Auth', prefix: '' };
    expect(verdict(settings, { 'x-jfrog-event-auth': 'the-new-secret-0123' })).toBe('verified');
    expect(verdict(settings, {})).toBe('malformed');
  });
});

describe("GitLab's token", () => {
  it('is the secret itself', () => {
    expect(verdict({ kind: 'gitlab' }, { 'x-gitlab-token': 'the-old-secret-0123' })).toBe('verified');
    expect(verdict({ kind: 'gitlab' }, { 'x-gitlab-token': 'the-OLD-secret-0123' })).toBe('mismatch');
  });
});

describe('the subject of a client certificate', () => {
  const dn = { kind: 'mtls', header: 'x-ssl-subject', subjects: ['CN=hooks.acme.example,O=Acme'] };
  const xfcc = { ...dn, header: 'x-forwarded-client-cert', format: 'xfcc', subjects: ['CN="A, B",O=Acme'] };

  it('is compared to the letter', () => {
    expect(verdict(dn, { 'x-ssl-subject': 'CN=hooks.acme.example,O=Acme' })).toBe('verified');
    expect(verdict(dn, { 'x-ssl-subject': 'CN=hooks.acme.example' })).toBe('mismatch');
    expect(verdict(dn, {})).toBe('malformed');
  });

  it("is taken from the last element of Envoy's header, which the proxy itself wrote", () => {
    const genuine = 'By=spiffe://mesh/edge;Hash=ab12;Subject="CN=\\"A, B\\",O=Acme";URI=spiffe://acme';
    expect(verdict(xfcc, { 'x-forwarded-client-cert': genuine })).toBe('verified');
    expect(verdict(xfcc, { 'x-forwarded-client-cert': `Hash=00;Subject="CN=x",${genuine}` })).toBe(
      'verified',
    );
    expect(verdict(xfcc, { 'x-forwarded-client-cert': `${genuine},Hash=00;Subject="CN=x"` })).toBe(
      'mismatch',
    );
    expect(verdict(xfcc, { 'x-forwarded-client-cert': `${genuine},Hash=00` })).toBe('malformed');
  });

  it('counts only when a trusted proxy wrote it', () => {
    expect(schemeOf(SignatureSettings.parse(dn)).proxyHeader).toBe('x-ssl-subject');
  });
});
