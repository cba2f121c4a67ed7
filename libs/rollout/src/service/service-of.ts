import { compare } from 'semver';
import { NO_WEIGHT, type Weights } from '../steps/weights';
import type { Stood, SubjectStanding, VersionStanding } from './standing-of-versions';

/** A version, and where it is dealt. */
export interface Served {
  readonly version: string;
  readonly markets: readonly string[];
}

/** Which version serves which market. */
export interface Service {
  /** Null when it does not run. */
  readonly stable: Served | null;
  readonly canary: Served | null;
  readonly weights: Weights;
  /** Where stable does not serve, the first of these that does: none that is not needed in any market. */
  readonly fallbacks: readonly Served[];
}

/**
 * A version serves where it is certified and has been rolled out, and nowhere once it is revoked. A market that is left
 * without stable stays with what was stable there before.
 */
export function serviceOf(standing: SubjectStanding): Service {
  const running = standing.versions.filter(({ running }) => running);
  const stable = running.find(({ version }) => version === standing.stable);
  const served = stable === undefined ? null : { version: stable.version, markets: rolledOut(stable) };
  return {
    stable: served,
    ...canaryOf(standing, running),
    fallbacks: needed(candidates(standing, running), served?.markets ?? []),
  };
}

/** Where a version that has been stable serves. */
export function rolledOut({ cleared, stood }: VersionStanding): string[] {
  return stood === null ? [] : cleared.filter((market) => stood.markets.includes(market));
}

export function isRevoked({ stable, versions }: SubjectStanding): boolean {
  return versions.some(({ version, revoked }) => version === stable && revoked);
}

/** What has been stable comes first, the last of it foremost. */
export function byStanding(one: VersionStanding, other: VersionStanding): number {
  return (other.stood?.since ?? 0) - (one.stood?.since ?? 0) || compare(other.version, one.version);
}

function canaryOf(
  { canary }: SubjectStanding,
  running: readonly VersionStanding[],
): Pick<Service, 'canary' | 'weights'> {
  const found = running.find(({ version }) => version === canary?.version);
  if (!canary || !found || found.revoked) return { canary: null, weights: NO_WEIGHT };
  const markets = found.cleared.filter((market) => canary.markets?.includes(market) ?? true);
  return { canary: { version: found.version, markets }, weights: canary.weights };
}

function candidates(standing: SubjectStanding, running: readonly VersionStanding[]): Served[] {
  const others = running.filter(({ version }) => version !== standing.stable).sort(byStanding);
  const proven = others
    .filter((version): version is VersionStanding & { stood: Stood } => version.stood !== null)
    .map((version) => ({ version: version.version, markets: rolledOut(version) }));
  if (!isRevoked(standing)) return proven;
  // Rather a version that is still being tried than none, but none that was found to be bad.
  const unproven = others
    .filter(({ stood, rolledBack }) => stood === null && !rolledBack)
    .map(({ version, cleared }) => ({ version, markets: cleared }));
  return [...proven, ...unproven];
}

function needed(candidates: readonly Served[], covered: readonly string[]): Served[] {
  const served = new Set(covered);
  return candidates.filter(({ markets }) => {
    const isNeeded = markets.some((market) => !served.has(market));
    for (const market of markets) served.add(market);
    return isNeeded;
  });
}
