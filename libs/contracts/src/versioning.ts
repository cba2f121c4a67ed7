import { valid } from 'semver';
import { z } from 'zod';
import { LineOfText } from './identifiers';

/** What a provider calls a version in a scheme of its own: `2024.11.3-r2`, `v5`. */
export const OriginalVersion = LineOfText.trim().min(1).max(100);

const FIELDS = {
  major: '0*(?<major>\\d{1,9})',
  minor: '0*(?<minor>\\d{1,9})',
  patch: '0*(?<patch>\\d{1,9})',
  revision: '0*(?<revision>\\d{1,6})',
  prerelease: '(?<prerelease>[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)',
} as const;
type Field = keyof typeof FIELDS;

const TOKEN = /\{(\w+)\}|\[|\]|[^[\]{}]+|[{}]/g;

/** Text in which `{major}`, `{minor}`, `{patch}`, `{revision}` and `{prerelease}` stand for what they name; `[...]` may be missing. */
const VersionFormat = LineOfText.trim()
  .min(1)
  .max(200)
  .refine((format) => expressionOf(format) !== null, {
    error:
      'must have {major} and each field once at most, and every [ closed: [v]{major}[.{minor}[.{patch}]][-r{revision}]',
  });

/**
 * How a provider's own versions become SemVer: by the first format that fits. SemVer has three numbers, so revisions of
 * a patch are counted in its last digits: with three of them `2024.11.3-r2` is `2024.11.3002`.
 */
export const VersioningScheme = z.strictObject({
  formats: z.array(VersionFormat).min(1).max(10),
  revisionDigits: z.int().min(1).max(6).default(3),
});
export type VersioningScheme = z.infer<typeof VersioningScheme>;

/** For providers that have agreed on none. */
export const DEFAULT_VERSIONING_SCHEME: VersioningScheme = {
  formats: [
    '[v]{major}[.{minor}[.{patch}]][-r{revision}]',
    '[v]{major}.{minor}.{patch}.{revision}',
    '[v]{major}[.{minor}[.{patch}]]-{prerelease}',
  ],
  revisionDigits: 3,
};

/** The SemVer of a provider's own version, or null when no format of the scheme fits. */
export function coerceVersion(original: string, scheme: VersioningScheme): string | null {
  const scale = scheme.formats.some((format) => format.includes('{revision}'))
    ? 10 ** scheme.revisionDigits
    : 1;
  for (const format of scheme.formats) {
    const fields = expressionOf(format)?.exec(original)?.groups;
    if (fields === undefined) continue;
    const revision = Number(fields['revision'] ?? 0);
    // It would count as a revision of the patch after, and as something else by another format.
    if (revision >= scale && revision > 0) return null;
    const numbers = [
      Number(fields['major']),
      Number(fields['minor'] ?? 0),
      Number(fields['patch'] ?? 0) * scale + revision,
    ];
    const prerelease = fields['prerelease'];
    const version = valid(numbers.join('.') + (prerelease === undefined ? '' : `-${prerelease}`));
    if (version !== null) return version;
  }
  return null;
}

/**
 * The SemVer that an announcement has until the registry reads the original version by its provider's scheme: by the
 * default scheme, or else by the first numbers in it. Null when there is no number.
 */
export function announcedVersion(original: string): string | null {
  const coerced = coerceVersion(original, DEFAULT_VERSIONING_SCHEME);
  if (coerced !== null) return coerced;
  const [major, minor = 0, patch = 0] = (original.match(/\d{1,9}/g) ?? []).map(Number);
  return major === undefined ? null : `${major}.${minor}.${patch}`;
}

/** Null when it is no format. Digits and literals alone: it cannot be made to backtrack for long. */
function expressionOf(format: string): RegExp | null {
  const seen = new Set<string>();
  let depth = 0;
  let source = '';
  for (const [token, name] of format.matchAll(TOKEN)) {
    if (name !== undefined) {
      if (!(name in FIELDS) || seen.has(name)) return null;
      seen.add(name);
      source += FIELDS[name as Field];
    } else if (token === '[') {
      depth += 1;
      source += '(?:';
    } else if (token === ']') {
      if (--depth < 0) return null;
      source += ')?';
    } else if (token === '{' || token === '}') return null;
    else source += token.replaceAll(/[\\^$.*+?()|/-]/g, '\\$&');
  }
  return depth === 0 && seen.has('major') ? new RegExp(`^${source}$`) : null;
}
