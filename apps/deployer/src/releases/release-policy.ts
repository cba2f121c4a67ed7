import { compare, prerelease } from 'semver';

export type ReleaseDecision =
  { readonly kind: 'release' } | { readonly kind: 'skip'; readonly reason: string };

/** Which registered versions are released by themselves: newer than stable in SemVer precedence, and no prerelease. */
export function releaseDecision(version: string, stableVersion: string | null): ReleaseDecision {
  if (prerelease(version) !== null) return { kind: 'skip', reason: `${version} is a prerelease` };
  if (stableVersion !== null && compare(version, stableVersion) <= 0)
    return { kind: 'skip', reason: `${version} is not newer than the stable ${stableVersion}` };
  return { kind: 'release' };
}
