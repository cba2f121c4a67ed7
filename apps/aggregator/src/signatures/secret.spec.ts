import { randomBytes } from 'node:crypto';
import { generateSecret, readSecret, secretText } from './secret';

const whsec = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`;
const whpk = (bytes: number): string => `whpk_${randomBytes(bytes).toString('base64')}`;

describe('a secret', () => {
  it.each(['standard', 'text'] as const)(
    'of the need %s is what was generated, each time another one',
    (need) => {
      const [one, another] = [generateSecret(need), generateSecret(need)];
      expect(one).not.toBe(another);
      const reading = readSecret(need, one);
      expect(reading.kind === 'secret' && secretText(reading.secret)).toBe(one);
    },
  );

  it.each([whsec(24), whsec(64), whpk(32)])('of Standard Webhooks may be %s', (text) => {
    const reading = readSecret('standard', text);
    expect(reading.kind === 'secret' && secretText(reading.secret)).toBe(text);
  });

  it.each([
    ['too short', whsec(23)],
    ['too long', whsec(65)],
    ['without its prefix', randomBytes(32).toString('base64')],
    ['not base64', `whsec_${'*'.repeat(40)}`],
    ['base64 with junk behind it', `${whsec(32)} `],
    ['a public key of another length', whpk(31)],
  ])('of Standard Webhooks is refused when it is %s', (_, text) => {
    expect(readSecret('standard', text)).toMatchObject({ kind: 'fault' });
  });

  it('as text has what a header can hold', () => {
    expect(readSecret('text', 'sixteen-letters!')).toMatchObject({ kind: 'secret' });
    expect(readSecret('text', 'fifteen-letters')).toMatchObject({ kind: 'fault' });
    expect(readSecret('text', 'with a space in it')).toMatchObject({ kind: 'fault' });
    expect(readSecret('text', 'with-an-\u00fcmlaut-in-it')).toMatchObject({ kind: 'fault' });
  });

  it('is not there for whoever shows a certificate', () => {
    expect(readSecret('none', 'anything-at-all-here')).toMatchObject({ kind: 'fault' });
  });
});
