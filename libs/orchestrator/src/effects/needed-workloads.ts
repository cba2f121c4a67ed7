import { draining, inProduction, type RolloutState } from '@croupier/rollout';
import type { DealtVersions, PendingEffect, ReleaseStore, StoredRelease } from '../ports/release-store';
import type { OwnedReleases } from '../releases/owned-releases';
import { subjectOf } from '../releases/queue';
import type { EffectQueue } from './effect-queue';

/**
 * What becomes of an effect that would stop a workload: it is left to another release, waits until nobody is sent
 * there, or may be performed.
 */
export type Fate = 'kept' | 'waits' | 'performed';

/** A gateway that has not heard of a snapshot for as long is not in touch. */
const HEARD_BY_ALL_MS = 3_000;

/**
 * Workloads are known by their version, and releases of the same one may share them: a second try, a way back. A version
 * that is not stable any more may still serve the markets in which its successor is not certified.
 */
export class NeededWorkloads {
  constructor(
    private readonly store: ReleaseStore,
    private readonly owned: OwnedReleases,
    private readonly queue: EffectQueue,
  ) {}

  /** By key, of those effects that would stop a workload. */
  async among(effects: readonly PendingEffect[], now: number): Promise<ReadonlyMap<string, Fate>> {
    const fates = new Map<string, Fate>();
    const stopping = effects.filter(({ effect }) => isStop(effect.kind));
    if (stopping.length === 0) return fates;
    const bySubject = this.releasesOfSubjects(stopping);
    const subjects = [...bySubject.keys()];
    const stable = await this.store.stableVersions(subjects);
    const dealt = await this.store.dealtVersions(subjects);
    for (const pending of stopping) {
      const release = this.owned.get(pending.releaseId);
      if (release === undefined) continue;
      const subject = subjectOf(release);
      const others = bySubject.get(subject)!.filter(({ id }) => id !== release.id);
      const isNeeded = this.isNeeded(pending, release, others, stable.get(subject));
      const waits = hasPlayers(pending, release, dealt.get(subject), now);
      fates.set(pending.effect.key, isNeeded ? 'kept' : waits ? 'waits' : 'performed');
    }
    return fates;
  }

  private releasesOfSubjects(stopping: readonly PendingEffect[]): Map<string, StoredRelease[]> {
    const bySubject = new Map<string, StoredRelease[]>();
    for (const { releaseId } of stopping) {
      const release = this.owned.get(releaseId);
      if (release) bySubject.set(subjectOf(release), []);
    }
    for (const release of this.owned.all()) bySubject.get(subjectOf(release))?.push(release);
    return bySubject;
  }

  private isNeeded(
    { effect }: PendingEffect,
    release: StoredRelease,
    others: readonly StoredRelease[],
    stable: string | undefined,
  ): boolean {
    if (effect.kind === 'stop-staging')
      return others.some(({ state }) => isOnStaging(state, release.state.plan.version));
    if (effect.kind !== 'retire-workload') return false;
    return stable === effect.version || others.some((other) => this.needs(other, effect.version, release));
  }

  private needs({ id, state }: StoredRelease, version: string, stopping: StoredRelease): boolean {
    if (inProduction(state) === version) return true;
    if (state.plan.version === version && this.queue.hasTraffic(id)) return true;
    const drain = draining(state);
    return drain?.version === version && endsLater(drain.until, id, stopping);
  }
}

/**
 * New sessions are sent there, or were until lately. What the release has been confirmed is the snapshot that it made: a
 * later one, of a change of clearance, may be the last that took players away.
 */
function hasPlayers(
  { effect }: PendingEffect,
  { state: { plan } }: StoredRelease,
  dealt: DealtVersions | undefined,
  now: number,
): boolean {
  if (effect.kind !== 'retire-workload' || dealt === undefined) return false;
  if (dealt.now.has(effect.version)) return true;
  const until = dealt.until.get(effect.version) ?? -Infinity;
  return now < until + HEARD_BY_ALL_MS + plan.drainMs;
}

/** Of two that wait for the same workload to drain, the later one stops it. */
function endsLater(until: number, id: string, stopping: StoredRelease): boolean {
  const drain = draining(stopping.state);
  return drain === null || until > drain.until || (until === drain.until && id > stopping.id);
}

function isOnStaging({ plan, phase }: RolloutState, version: string): boolean {
  return plan.version === version && (phase.kind === 'staging' || phase.kind === 'testing');
}

export function isStop(kind: PendingEffect['effect']['kind']): boolean {
  return kind === 'stop-staging' || kind === 'retire-workload';
}
