import type { ReleaseId } from '@croupier/contracts';
import type { PendingEffect } from '../ports/release-store';
import { isTraffic } from './lanes';

/** Effects to perform, release by release, in their order. */
export class EffectQueue {
  private readonly pending = new Map<ReleaseId, Map<string, PendingEffect>>();
  /** Done since a reader may have seen them undone. */
  private readonly done = new Map<ReleaseId, Set<string>>();

  add(effects: readonly PendingEffect[]): void {
    for (const effect of effects) {
      const { key } = effect.effect;
      if (this.done.get(effect.releaseId)?.has(key)) continue;
      const ofRelease = this.pending.get(effect.releaseId) ?? new Map<string, PendingEffect>();
      ofRelease.set(key, effect);
      this.pending.set(effect.releaseId, ofRelease);
    }
  }

  finished({ releaseId, effect }: PendingEffect): void {
    const done = this.done.get(releaseId) ?? new Set<string>();
    this.done.set(releaseId, done.add(effect.key));
    const ofRelease = this.pending.get(releaseId);
    ofRelease?.delete(effect.key);
    if (ofRelease?.size === 0) this.pending.delete(releaseId);
  }

  forget(releaseId: ReleaseId): void {
    this.pending.delete(releaseId);
    this.done.delete(releaseId);
  }

  has(releaseId: ReleaseId): boolean {
    return this.pending.has(releaseId);
  }

  /** Whether its traffic is not yet as it has been decided. */
  hasTraffic(releaseId: ReleaseId): boolean {
    for (const { effect } of this.pending.get(releaseId)?.values() ?? []) if (isTraffic(effect)) return true;
    return false;
  }

  /** All that changes traffic, in the order of each release: done together, so that only the last of them is dealt. */
  traffic(): PendingEffect[] {
    const traffic: PendingEffect[] = [];
    for (const ofRelease of this.pending.values())
      for (const pending of ofRelease.values()) if (isTraffic(pending.effect)) traffic.push(pending);
    return traffic.sort((one, other) => one.sequence - other.sequence);
  }

  /** The first of each release's others: traffic never waits for a workload. */
  nextOutside(): PendingEffect[] {
    const heads: PendingEffect[] = [];
    for (const ofRelease of this.pending.values()) {
      let head: PendingEffect | null = null;
      for (const pending of ofRelease.values())
        if (!isTraffic(pending.effect) && (head === null || pending.sequence < head.sequence)) head = pending;
      if (head !== null) heads.push(head);
    }
    return heads;
  }
}
