/** Longest version that Flyway's history table takes. */
const LONGEST_VERSION = 50;

/** Numbers separated by dots or underscores, written with dots; undefined when it is something else. */
export function parseVersion(text: string): string | undefined {
  return text.length <= LONGEST_VERSION && /^\d+([._]\d+)*$/.test(text)
    ? text.replaceAll('_', '.')
    : undefined;
}

/** Order of versions part by part, as numbers of any length. Missing parts count as zero, so `1.0` equals `1`. */
export function compareVersions(left: string, right: string): number {
  const a = partsOf(left);
  const b = partsOf(right);
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0n) - (b[index] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

/** One spelling for all equal versions, to look them up by: `1.0` and `01` are `1`. */
export function versionKey(version: string): string {
  const parts = partsOf(version);
  while (parts.length > 1 && parts.at(-1) === 0n) parts.pop();
  return parts.join('.');
}

function partsOf(version: string): bigint[] {
  return version.split('.').map(BigInt);
}
