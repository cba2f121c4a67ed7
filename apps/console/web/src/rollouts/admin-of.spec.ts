import type { Grant } from '@croupier/contracts';
import { isAdminOf } from './admin-of';

const grant = (role: Grant['role'], subject: Grant['subject']): Grant => ({ role, subject, markets: null });

describe('an admin of a subject', () => {
  it.each(['*', 'acme/*', 'acme/slots'])('is one of %s', (subject) => {
    expect(isAdminOf([grant('viewer', '*'), grant('admin', subject)], 'acme', 'slots')).toBe(true);
  });

  it('is no admin of another, and nobody with another role', () => {
    const others = [grant('admin', 'acm/*'), grant('admin', 'acme/slots-2'), grant('admin', 'zenith/slots')];
    const roles = (['viewer', 'operator', 'releaser', 'approver'] as const).map((role) => grant(role, '*'));
    expect(isAdminOf([...others, ...roles], 'acme', 'slots')).toBe(false);
  });
});
