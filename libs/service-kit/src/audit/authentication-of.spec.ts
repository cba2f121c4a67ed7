import { AuditRecorded } from '@croupier/contracts';
import { authenticationOf } from './authentication-of';

const ISSUER = 'https://login.example';

describe('what the audit trail says of how somebody showed who it is', () => {
  it.each([
    ['token', '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f', 'token 7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f'],
    ['person', `${ISSUER} 4711`, `oidc ${ISSUER} 4711`],
    ['service', 'service', 'service'],
    ['break-glass', 'operator', 'break-glass'],
  ] as const)('of a %s %s is %s', (kind, id, expected) => {
    expect(authenticationOf({ kind, id })).toBe(expected);
  });

  it('is nothing where nobody had to', () => {
    expect(authenticationOf(undefined)).toBeNull();
  });

  it.each([`${ISSUER} ${'x'.repeat(200)}`, `${ISSUER} a\nb`, `${ISSUER} é`])(
    'keeps the contract and tells people apart, of the id %j',
    (id) => {
      const told = authenticationOf({ kind: 'person', id });
      expect(AuditRecorded.shape.authentication.parse(told)).toMatch(/^oidc sha256:[0-9a-f]{64}$/);
      expect(authenticationOf({ kind: 'person', id: `${id}.` })).not.toBe(told);
    },
  );
});
