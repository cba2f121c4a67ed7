import { releaseDecision } from './release-policy';

describe('the release policy', () => {
  it.each([
    ['1.0.0', null, 'release'],
    ['1.10.0', '1.9.0', 'release'],
    ['1.9.0', '1.10.0', 'skip'],
    ['1.9.0', '1.9.0', 'skip'],
    ['1.9.0+build.2', '1.9.0+build.1', 'skip'],
    ['2.0.0-rc.1', '1.0.0', 'skip'],
  ])('answers for %s over %s: %s -> %s', (version, stable, kind) => {
    expect(releaseDecision(version, stable).kind).toBe(kind);
  });
});
