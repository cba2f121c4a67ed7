import fc from 'fast-check';
import { compare } from 'semver';
import { precedenceKey } from './precedence';

function byKey(a: string, b: string): number {
  const [keyA, keyB] = [precedenceKey(a), precedenceKey(b)];
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
}

const number = fc.oneof(fc.nat(20), fc.nat(1_000_000_000)).map(String);
const identifier = fc.oneof(
  number,
  fc.stringMatching(/^[0-9]{0,3}[A-Za-z-][0-9A-Za-z-]{0,6}$/),
  fc.constantFrom('alpha', 'alpha-1', 'alphab', 'beta', 'rc'),
);
const version = fc
  .tuple(number, number, number, fc.array(identifier, { maxLength: 4 }))
  .map(([major, minor, patch, prerelease]) =>
    [`${major}.${minor}.${patch}`, ...(prerelease.length ? [prerelease.join('.')] : [])].join('-'),
  );

describe('precedenceKey', () => {
  it('sorts the example of the SemVer specification', () => {
    const ordered = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.9.0',
      '1.10.0',
      '2.0.0',
    ];
    expect([...ordered].reverse().sort(byKey)).toEqual(ordered);
  });

  it('sorts any two versions as semver compares them', () => {
    fc.assert(fc.property(version, version, (a, b) => Math.sign(byKey(a, b)) === compare(a, b)));
  });

  it('gives versions that differ in build metadata alone one key', () => {
    expect(precedenceKey('1.4.0+linux')).toBe(precedenceKey('1.4.0+windows.2'));
  });

  it('compares numbers that floating point cannot hold', () => {
    expect(byKey('1.0.0-90071992547409930', '1.0.0-90071992547409931')).toBe(-1);
  });
});
