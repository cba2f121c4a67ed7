import { changeKind } from './change-kind';

describe('the kind of a change', () => {
  it.each([
    ['1.0.0', null, 'first'],
    ['1.0.1', '1.0.0', 'patch'],
    ['1.1.0', '1.0.9', 'minor'],
    ['2.0.0', '1.9.9', 'major'],
    ['2.0.0-rc.1', '1.9.9', 'major'],
    ['2.0.0', '2.0.0-rc.1', 'patch'],
    ['0.3.0', '0.2.0', 'minor'],
    ['1.0.0+build.2', '1.0.0+build.1', 'patch'],
    ['1.4.0', '2.0.0', 'major'],
  ])('of %s over %s is %s', (version, stable, kind) => {
    expect(changeKind(version, stable)).toBe(kind);
  });

  it('is asked of SemVer versions alone', () => {
    expect(() => changeKind('one', '1.0.0')).toThrow('one');
  });
});
