import { byStanding, rolledOut, serviceOf, type Service } from './service-of';
import type { Attempt, SubjectStanding, VersionStanding } from './standing-of-versions';

/** A release that a change of clearance calls for. */
export type DueRelease =
  /** The stable version is revoked: another takes its place. */
  | { readonly kind: 'stand-in'; readonly version: string; readonly standsInFor: string }
  /** The stable version is certified in markets that have another one yet (`from`), or none at all. */
  | {
      readonly kind: 'extension';
      readonly version: string;
      readonly markets: readonly string[];
      readonly from: string | null;
    };

export function dueReleases(standing: SubjectStanding, attempts: readonly Attempt[]): DueRelease[] {
  const stable = standing.versions.find(({ version }) => version === standing.stable);
  if (stable === undefined) return [];
  return stable.revoked ? standIn(standing, stable, attempts) : extensions(stable, serviceOf(standing));
}

/**
 * The safest version: one that runs and was stable, or else one that runs and is being tried, or else the last one that was
 * stable, which has to be started first. One that has failed at it is not tried again.
 */
function standIn(
  standing: SubjectStanding,
  { version: standsInFor }: VersionStanding,
  attempts: readonly Attempt[],
): DueRelease[] {
  const underWay = attempts.filter(({ isOver }) => !isOver);
  if (underWay.some((release) => release.standsInFor === standsInFor)) return [];
  const failed = attempts.filter((attempt) => attempt.isOver && attempt.standsInFor === standsInFor);
  const eligible = standing.versions
    .filter(({ version, cleared }) => version !== standsInFor && cleared.length > 0)
    .filter(({ version }) => !failed.some((attempt) => attempt.version === version))
    .sort(byStanding);
  const proven = eligible.filter((version) => rolledOut(version).length > 0);
  const chosen = proven.find(({ running }) => running);
  if (chosen) return [{ kind: 'stand-in', version: chosen.version, standsInFor }];
  const isBeingTried = eligible.some(
    ({ version, running }) => running && underWay.some((release) => release.version === version),
  );
  const last = proven[0];
  return isBeingTried || !last ? [] : [{ kind: 'stand-in', version: last.version, standsInFor }];
}

/** Of markets with the same version before, one release. */
function extensions(stable: VersionStanding, { fallbacks }: Service): DueRelease[] {
  const { cleared, stood, version } = stable;
  const known = [...(stood?.markets ?? []), ...(stood?.offered ?? [])];
  const byBase = new Map<string | null, string[]>();
  for (const market of cleared.filter((each) => !known.includes(each))) {
    const from = fallbacks.find(({ markets }) => markets.includes(market))?.version ?? null;
    byBase.set(from, [...(byBase.get(from) ?? []), market]);
  }
  return [...byBase].map(([from, markets]) => ({ kind: 'extension', version, markets, from }));
}
