import { ChangeProviderRequest, ProviderSettings } from '@croupier/contracts';
import { changeOf } from './provider-change';

const standard = ProviderSettings.parse({});
const github = ProviderSettings.parse({ signature: { kind: 'github' } });
const mtls = ProviderSettings.parse({ signature: { kind: 'mtls', header: 'x-subject', subjects: ['CN=a'] } });

describe('a change of a provider', () => {
  it('keeps what is not given', () => {
    const before = ProviderSettings.parse({
      eventTypes: ['game.added'],
      rateLimit: { perSecond: 1, burst: 5 },
    });
    const { settings, secrets } = changeOf(before, ChangeProviderRequest.parse({ eventTypes: null }));
    expect(settings).toEqual({ ...before, eventTypes: null });
    expect(secrets).toBe('keep');
  });

  it.each([
    ['to a signature of another form of secret', standard, { signature: { kind: 'github' } }, 'replace'],
    ['to a signature of the same form', github, { signature: { kind: 'stripe' } }, 'keep'],
    ['of the secret', github, { secret: 'another-secret-0123' }, 'rotate'],
    ['to certificates', github, { signature: mtls.signature }, 'end'],
    ['of certificates', mtls, { signature: { ...mtls.signature, subjects: ['CN=b'] } }, 'keep'],
    ['from certificates', mtls, { signature: { kind: 'bearer' } }, 'replace'],
    ['of something else', standard, { allowedAddresses: ['203.0.113.0/24'] }, 'keep'],
  ])('%s: %#', (_, before, request, secrets) => {
    expect(changeOf(before, ChangeProviderRequest.parse(request)).secrets).toBe(secrets);
  });

  it.each([
    [{ allowedAddresses: ['acme.example'] }],
    [{ rateLimit: { perSecond: 0, burst: 1 } }],
    [{ eventTypes: [] }],
    [{ eventTypes: ['game.sold'] }],
    [{ payload: { kind: 'xml' } }],
    [{ signature: { kind: 'basic', username: 'a:b' } }],
    [{ idHeader: 'no header' }],
    [{ unknown: 1 }],
  ])('is refused when it is %j', (request) => {
    expect(ChangeProviderRequest.safeParse(request).success).toBe(false);
  });
});
