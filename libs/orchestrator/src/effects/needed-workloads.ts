import { draining, inProduction, type RolloutState } from '@croupier/rollout';
import type { PendingEffect, ReleaseStore, StoredRelease } from '../ports/release-store';
import type { OwnedReleases } from '../releases/owned-releases';
import { subjectOf } from '../releases/queue';
import type { EffectQueue } from './effect-queue';

/** Workloads are known by their version, and releases of the same one may share them: a second try, a way back. */
export class NeededWorkloads {
  constructor(
    private readonly store: ReleaseStore,
    private readonly owned: OwnedReleases,
    private readonly queue: EffectQueue,
  ) {}

  /** The keys of those effects that would stop what is stable, or what another release will stop when it is done. */
  async among(effects: readonly PendingEffect[]): Promise<ReadonlySet<string>> {
    const stopping = effects.filter(({ effect }) => isStop(effect.kind));
    if (stopping.length === 0) return new Set();
    const bySubject = this.releasesOfSubjects(stopping);
    const stable = await this.store.stableVersions([...bySubject.keys()]);
    const needed = stopping.filter((pending) => {
      const release = this.owned.get(pending.releaseId);
      if (release === undefined) return false;
      const subject = subjectOf(release);
      const others = bySubject.get(subject)!.filter(({ id }) => id !== release.id);
      return this.isNeeded(pending, release, others, stable.get(subject));
    });
    return new Set(needed.map(({ effect }) => effect.key));
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

/** Of two that wait for the same workload to drain, the later one stops it. */
function endsLater(until: number, id: string, stopping: StoredRelease): boolean {
  const drain = draining(stopping.state);
  return drain === null || until > drain.until || (until === drain.until && id > stopping.id);
}

function isOnStaging({ plan, phase }: RolloutState, version: string): boolean {
  return plan.version === version && (phase.kind === 'staging' || phase.kind === 'testing');
}

function isStop(kind: PendingEffect['effect']['kind']): boolean {
  return kind === 'stop-staging' || kind === 'retire-workload';
}
