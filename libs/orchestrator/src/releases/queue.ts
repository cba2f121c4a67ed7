import { isActive, type RolloutInput, type Unmet } from '@croupier/rollout';
import { compare, satisfies } from 'semver';
import type { Ground, StoredRelease } from '../ports/release-store';

export interface Turn {
  readonly release: StoredRelease;
  readonly input: RolloutInput;
}

export function subjectOf({ state }: StoredRelease): string {
  return `${state.plan.provider}/${state.plan.game}`;
}

/** Whom a newer version in the queue takes the place of. A way back, and an emergency, wait for nobody. */
export function superseded(releases: Iterable<StoredRelease>): Turn[] {
  return [...bySubject(releases).values()].flatMap((ofSubject) =>
    ofSubject.flatMap((release) => {
      const newer = ofSubject.find((other) => takesThePlaceOf(other, release));
      if (newer === undefined) return [];
      return [{ release, input: { kind: 'superseded', byVersion: newer.state.plan.version } as const }];
    }),
  );
}

function takesThePlaceOf(newer: StoredRelease, release: StoredRelease): boolean {
  if (newer === release || newer.state.phase.kind !== 'queued') return false;
  const isQueued = release.state.phase.kind === 'queued';
  if (!isQueued && !isActive(release.state)) return false;
  const { plan } = release.state;
  if (isUrgent(newer)) return !isUrgent(release) || isNewer(newer, release);
  if (isUrgent(release) || !isNewer(newer, release)) return false;
  return plan.superseding === 'active' || (plan.superseding === 'queued' && isQueued);
}

/** A way back, or an emergency. */
export function isUrgent({ state }: StoredRelease): boolean {
  return state.plan.strategy === 'rollback' || state.plan.strategy === 'all-at-once';
}

function isNewer(one: StoredRelease, other: StoredRelease): boolean {
  return compare(one.state.plan.version, other.state.plan.version) > 0;
}

/**
 * The next queued release of each subject that has none under way, and whose traffic is not being dealt anew: what is
 * urgent, then the lowest version.
 */
export function nextInLine(
  releases: Iterable<StoredRelease>,
  beingDealt: ReadonlySet<string>,
): StoredRelease[] {
  const next: StoredRelease[] = [];
  for (const [subject, ofSubject] of bySubject(releases)) {
    if (beingDealt.has(subject) || ofSubject.some(({ state }) => isActive(state))) continue;
    const queued = ofSubject.filter(({ state }) => state.phase.kind === 'queued');
    queued.sort(
      (a, b) =>
        Number(isUrgent(b)) - Number(isUrgent(a)) || compare(a.state.plan.version, b.state.plan.version),
    );
    if (queued[0] !== undefined) next.push(queued[0]);
  }
  return next;
}

/**
 * Whom to ask whether it may begin: as many as there is room for, and besides those that need none, or have been waiting
 * for others, who must not stand in the way of everybody behind them.
 */
export function candidates(inLine: readonly StoredRelease[], room: number): StoredRelease[] {
  let left = room;
  return inLine.filter((release) => isUrgent(release) || isWaiting(release) || left-- > 0);
}

/** As many beginnings as there is room for. What is urgent needs none, nor does what does not begin. */
export function withinRoom(turns: readonly Turn[], room: number): Turn[] {
  let left = room;
  return turns.filter(
    ({ release, input }) =>
      input.kind !== 'start' ||
      input.unmet.length > 0 ||
      input.markets?.length === 0 ||
      isUrgent(release) ||
      left-- > 0,
  );
}

function isWaiting({ state: { phase } }: StoredRelease): boolean {
  return phase.kind === 'queued' && phase.waitsFor !== null;
}

/**
 * A version that a newer one has overtaken in the queue is never dealt, unless it is meant as a way back. Markets are added
 * to what is stable, and to nothing else.
 */
export function startOrPass(
  release: StoredRelease,
  stable: ReadonlyMap<string, string>,
  ground?: Ground,
): RolloutInput {
  const { plan } = release.state;
  const stableVersion = stable.get(subjectOf(release)) ?? null;
  const start = {
    kind: 'start',
    stableVersion,
    unmet: unmetOf(release, stable),
    ...(ground && { markets: ground.markets }),
  } as const;
  if (plan.markets !== undefined) {
    if (stableVersion !== null && stableVersion !== plan.version)
      return { kind: 'superseded', byVersion: stableVersion };
    return { ...start, stableVersion: ground?.from ?? null };
  }
  const mayBeOlder = plan.strategy === 'rollback' || plan.strategy === 'flag';
  if (!mayBeOlder && stableVersion !== null && compare(plan.version, stableVersion) < 0)
    return { kind: 'superseded', byVersion: stableVersion };
  return start;
}

function unmetOf({ state }: StoredRelease, stable: ReadonlyMap<string, string>): Unmet[] {
  return state.plan.requires.flatMap(({ subject, range }) => {
    const present = stable.get(subject) ?? null;
    return present !== null && satisfies(present, range) ? [] : [{ subject, range, present }];
  });
}

/** Only subjects with something in the queue. */
function bySubject(releases: Iterable<StoredRelease>): Map<string, StoredRelease[]> {
  const all = [...releases];
  const waiting = new Set(all.filter(({ state }) => state.phase.kind === 'queued').map(subjectOf));
  const subjects = new Map<string, StoredRelease[]>();
  for (const release of all) {
    const subject = subjectOf(release);
    if (!waiting.has(subject)) continue;
    const ofSubject = subjects.get(subject);
    if (ofSubject) ofSubject.push(release);
    else subjects.set(subject, [release]);
  }
  return subjects;
}
