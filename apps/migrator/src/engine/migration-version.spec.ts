import fc from 'fast-check';
import { compareVersions, parseVersion, versionKey } from './migration-version';

const versions = fc
  .array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'));

describe('a migration version', () => {
  it.each([
    ['1', '1'],
    ['1.1.0', '1.1.0'],
    ['1_1_0', '1.1.0'],
    ['20260101120000', '20260101120000'],
  ])('is read from %s', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  it.each(['', '1.', '.1', '1..2', '1.a', '-1', '1-2', '1'.repeat(51)])('is not read from %p', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });

  it.each([
    ['1.9', '1.10'],
    ['1', '1.0.1'],
    ['1.1', '2'],
    ['9007199254740993', '9007199254740994'],
  ])('%s comes before %s', (earlier, later) => {
    expect(compareVersions(earlier, later)).toBe(-1);
    expect(compareVersions(later, earlier)).toBe(1);
  });

  it('has one key for every spelling of the same version', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        expect(versionKey(a) === versionKey(b)).toBe(compareVersions(a, b) === 0);
      }),
    );
    expect(versionKey('01.0.0')).toBe('1');
  });

  it('is ordered the same whichever way three of them are compared', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        const [first, second, third] = [a, b, c].sort(compareVersions) as [string, string, string];
        expect(compareVersions(first, second)).toBeLessThanOrEqual(0);
        expect(compareVersions(first, third)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
