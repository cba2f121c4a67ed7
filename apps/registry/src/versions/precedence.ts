import { parse } from 'semver';

/** Below every character of an identifier (`-` is the lowest), so that `alpha` sorts below `alpha-1` and `alphab`. */
const END_OF_IDENTIFIER = '!';
/** Above the `-` that begins a prerelease: a release sorts above its prereleases. */
const RELEASE = '~';

/**
 * Text whose byte order is the precedence of SemVer 2.0.0, section 11, so that PostgreSQL sorts and pages by it.
 * Versions that differ in build metadata alone have the same key.
 */
export function precedenceKey(version: string): string {
  const parsed = parse(version);
  if (!parsed) throw new TypeError(`${version} is not SemVer`);
  const { major, minor, patch, prerelease } = parsed;
  const core = [major, minor, patch].map((number) => numberKey(String(number))).join('');
  if (prerelease.length === 0) return core + RELEASE;
  const identifiers = prerelease.map((identifier) => identifierKey(String(identifier)) + END_OF_IDENTIFIER);
  return `${core}-${identifiers.join('')}`;
}

/** Numeric identifiers are below alphanumeric ones. */
function identifierKey(identifier: string): string {
  return /^\d+$/.test(identifier) ? `0${numberKey(identifier)}` : `1${identifier}`;
}

/** The count of digits first: 9 sorts below 10. A version has 100 characters at most, so two digits count them. */
function numberKey(digits: string): string {
  return String(digits.length).padStart(2, '0') + digits;
}
