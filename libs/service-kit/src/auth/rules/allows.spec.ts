import { Grant, Role } from '@croupier/contracts';
import { allows } from './allows';
import { EVERYTHING } from './resource';

const grant = (role: Role, subject = '*', markets: string[] | null = null): Grant => ({
  role,
  subject,
  markets,
});
const of = (subject: string, markets: string[] | null = null) => ({ subject, markets });

describe('a grant', () => {
  it.each([
    ['viewer', 'viewer'],
    ['operator', 'viewer operator'],
    ['releaser', 'viewer operator releaser'],
    ['approver', 'viewer approver'],
    ['admin', 'viewer operator releaser admin'],
  ] as const)('of %s is one of %s', (granted, included) => {
    const allowed = Role.options.filter((role) => allows([grant(granted)], role, EVERYTHING));
    expect(allowed.join(' ')).toBe(included);
  });

  it.each([
    ['*', '*', true],
    ['*', 'acme/slots', true],
    ['acme/*', 'acme/slots', true],
    ['acme/*', 'acme/*', true],
    ['acme/slots', 'acme/slots', true],
    ['acme/*', '*', false],
    ['acme/*', 'acme-two/slots', false],
    ['acme/slots', 'acme/*', false],
    ['acme/slots', 'acme/slots-two', false],
    ['acme/slots', '*', false],
  ])('for %s covers %s: %s', (granted, asked, covered) => {
    expect(allows([grant('viewer', granted)], 'viewer', of(asked))).toBe(covered);
  });

  it.each([
    [null, null, true],
    [null, ['MT'], true],
    [['MT'], ['MT'], true],
    [['MT', 'SE'], ['SE'], true],
    [['MT'], ['MT', 'SE'], false],
    [['MT'], null, false],
    [['MT'], [], false],
  ])('in the markets %j covers %j: %s', (granted, asked, covered) => {
    expect(allows([grant('viewer', 'acme/*', granted)], 'viewer', of('acme/slots', asked))).toBe(covered);
  });

  it('is not completed by another one', () => {
    const grants = [grant('operator', 'acme/*', ['MT']), grant('viewer')];
    expect(allows(grants, 'operator', of('acme/slots', ['SE']))).toBe(false);
    expect(allows([], 'viewer', of('acme/slots'))).toBe(false);
  });
});
