import type { ShippedPackage } from './shipped-packages';

/** SPDX identifiers of permissive licences: they ask for their text and their copyright lines, and for no source. */
const PERMITTED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Other licences, each for the packages that were looked at, and why they may be shipped. */
export const EXCEPTIONS: readonly { licence: string; packages: readonly string[]; reason: string }[] = [
  {
    licence: 'BlueOak-1.0.0',
    packages: [
      '@isaacs/nonrecursive-glob-match',
      'glob',
      'lru-cache',
      'minimatch',
      'minipass',
      'minipass-flush',
      'path-scurry',
    ],
    reason: 'permissive, with a grant of patents; the text goes along in the notices',
  },
  {
    licence: 'OFL-1.1',
    packages: ['@fontsource-variable/inter'],
    reason: "the console's font; it may be bundled with any program as long as it is not sold by itself",
  },
  {
    licence: 'WTFPL',
    packages: ['stream-length'],
    reason: 'permits everything; comes with newman',
  },
];

/** What manifests do not say, and their licence files do. */
const READ_FROM_THE_TEXT: Readonly<Record<string, string>> = {
  'png-js@2.0.0': 'MIT',
  'stack-trace@0.0.9': 'MIT',
};

/** One sentence for each package that may not be shipped; empty when all may. */
export function licenceFaults(packages: readonly ShippedPackage[]): string[] {
  return packages
    .map((shipped) => ({
      ...shipped,
      licence: shipped.licence ?? READ_FROM_THE_TEXT[`${shipped.name}@${shipped.version}`],
    }))
    .filter(({ name, licence }) => licence === undefined || !isPermitted(licence, name))
    .map(({ name, version, licence }) => `${name}@${version}: ${licence ?? 'names no licence'}`);
}

/** Of SPDX expressions, one level of `OR` or of `AND`: more no package of ours has had. */
function isPermitted(expression: string, name: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  const known = (licence: string): boolean =>
    PERMITTED.has(licence) ||
    EXCEPTIONS.some((exception) => exception.licence === licence && exception.packages.includes(name));
  return bare.includes(' OR ') ? bare.split(' OR ').some(known) : bare.split(' AND ').every(known);
}
