import fc from 'fast-check';
import { globOf, matchesGlob } from './glob';

const text = fc.stringMatching(/^[ab:/.[\]-]{0,12}$/);
const pattern = fc.stringMatching(/^[ab:/.*?[\]-]{0,8}$/);

describe('a pattern', () => {
  it.each([
    ['*', '', true],
    ['a*c', 'abbbc', true],
    ['a*c', 'abbb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['a[b]', 'a[b]', true],
    ['a[b]', 'ab', false],
    ['', '', true],
    ['', 'a', false],
  ])('%s against %s: %s', (glob, key, fits) => {
    expect(matchesGlob(glob, key)).toBe(fits);
  });

  it('fits what a regular expression of the same meaning fits', () => {
    fc.assert(
      fc.property(pattern, text, (glob, key) => {
        const regex = glob
          .replace(/[.[\]\\-]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('?', '.');
        expect(matchesGlob(glob, key)).toBe(new RegExp(`^${regex}$`).test(key));
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends soon whatever it is', () => {
    expect(matchesGlob(`${'a*'.repeat(400)}b`, 'a'.repeat(4_000))).toBe(false);
  });

  it('means nothing to Redis but by * and ?', () => {
    expect(globOf('a[1]*?^')).toBe('a\\[1\\]*?\\^');
  });
});
