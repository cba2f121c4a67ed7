import type { ChangeKind } from '@croupier/contracts';
import { parse, type SemVer } from 'semver';

/** By the first number that differs. A prerelease and its version differ in none of them: that is a patch. */
export function changeKind(version: string, stableVersion: string | null): ChangeKind {
  if (stableVersion === null) return 'first';
  const [next, stable] = [parsed(version), parsed(stableVersion)];
  if (next.major !== stable.major) return 'major';
  return next.minor === stable.minor ? 'patch' : 'minor';
}

function parsed(version: string): SemVer {
  const result = parse(version);
  if (result === null) throw new Error(`${version} is no SemVer version`);
  return result;
}
