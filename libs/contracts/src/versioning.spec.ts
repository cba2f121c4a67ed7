import fc from 'fast-check';
import { compare } from 'semver';
import { ProviderWebhook } from './provider-webhook';
import { coerceVersion, DEFAULT_VERSIONING_SCHEME, VersioningScheme } from './versioning';

const byDefault = (original: string): string | null => coerceVersion(original, DEFAULT_VERSIONING_SCHEME);
const scheme = (...formats: string[]): VersioningScheme => VersioningScheme.parse({ formats });

describe('coerceVersion', () => {
  it.each([
    ['2024.11.3-r2', '2024.11.3002'],
    ['2024.11.3', '2024.11.3000'],
    ['v5', '5.0.0'],
    ['v5.1', '5.1.0'],
    ['05.03.01', '5.3.1000'],
    ['1.2.3.4', '1.2.3004'],
    ['2.0-rc.1', '2.0.0-rc.1'],
  ])('makes of %s, where nothing else is agreed, %s', (original, version) => {
    expect(byDefault(original)).toBe(version);
  });

  it.each(['latest', '', 'r2', '1..2', '1.2.3-r1000', '1.2.3-01'])('makes nothing of %s', (original) => {
    expect(byDefault(original)).toBeNull();
  });

  it('takes the first format that fits', () => {
    const own = scheme('build-{major}', 'release {major}.{minor}[ ({prerelease})]');
    expect(coerceVersion('build-77', own)).toBe('77.0.0');
    expect(coerceVersion('release 3.4 (beta.2)', own)).toBe('3.4.0-beta.2');
    expect(coerceVersion('release 3.4', own)).toBe('3.4.0');
    expect(coerceVersion('Release 3.4', own)).toBeNull();
  });

  it('orders revisions after their patch and before the next one', () => {
    const part = fc.nat(999);
    const version = fc.tuple(fc.nat(3000), part, part, part);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [one, other] = [a, b].map(([major, minor, patch, revision]) =>
          byDefault(`${major}.${minor}.${patch}${revision ? `-r${revision}` : ''}`),
        );
        const difference = a.map((number, index) => number - b[index]!).find((delta) => delta !== 0) ?? 0;
        expect(compare(one!, other!)).toBe(Math.sign(difference));
      }),
    );
  });

  it('ends soon for any text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => void byDefault(text)));
    expect(byDefault(`${'1'.repeat(50)}.${'-'.repeat(49)}`)).toBeNull();
  });
});

describe('a versioning scheme', () => {
  it.each(['{minor}', '{major}{major}', '{major}[.{minor}', '{major}]', '{major}{year}', '{major'])(
    'is not %s',
    (format) => {
      expect(VersioningScheme.safeParse({ formats: [format] }).success).toBe(false);
    },
  );
});

describe('a webhook', () => {
  const data = {
    game: 'slots',
    manifestUrl: 'https://cdn.example/manifest.json',
    manifestSha256: 'a'.repeat(64),
  };
  const webhook = (more: object) =>
    ProviderWebhook.safeParse({
      type: 'game.updated',
      timestamp: '2025-06-01T12:00:00Z',
      data: { ...data, ...more },
    });

  it('may name a version as its provider does, with or without a SemVer beside it', () => {
    expect(webhook({ originalVersion: 'v5' }).data?.data).toMatchObject({
      version: '5.0.0',
      originalVersion: 'v5',
    });
    expect(webhook({ originalVersion: 'spring-7' }).data?.data).toMatchObject({ version: '7.0.0' });
    expect(webhook({ originalVersion: 'v5', version: '5.0.1' }).data?.data).toMatchObject({
      version: '5.0.1',
    });
  });

  it.each([
    ['no version', {}, 'version'],
    ['a version that is no SemVer', { version: 'v5' }, 'version'],
    ['an own version without a number', { originalVersion: 'latest' }, 'originalVersion'],
  ])('with %s is refused by naming the field', (_, more, field) => {
    expect(webhook(more).error?.issues.map(({ path }) => path.join('.'))).toEqual([`data.${field}`]);
  });
});
