import type { Lease } from '../ports/lease-store';
import { StaleLease } from '../ports/lease-store';
import type { Observer } from '../ports/observer';
import type { PendingEffect, ReleaseStore } from '../ports/release-store';
import { byRelease } from '../releases/by-release';
import type { OwnedReleases } from '../releases/owned-releases';
import type { EffectQueue } from './effect-queue';

/** Performs what changes who is dealt what: all that is waiting, in one new routing snapshot. */
export class TrafficRouter {
  constructor(
    private readonly store: ReleaseStore,
    private readonly owned: OwnedReleases,
    private readonly queue: EffectQueue,
    private readonly observer: Observer,
  ) {}

  async route(leases: ReadonlyMap<number, Lease>): Promise<void> {
    const effects = this.queue.traffic().filter((pending) => this.leaseOf(pending, leases));
    if (effects.length > 0) await this.apply(effects, leases);
  }

  /** What fails is found again by the next pass. */
  private async apply(effects: readonly PendingEffect[], leases: ReadonlyMap<number, Lease>): Promise<void> {
    const fences = [...new Set(effects.map((pending) => this.leaseOf(pending, leases)!))];
    try {
      const releases = await this.store.route(effects, fences);
      for (const pending of effects) this.queue.finished(pending);
      this.owned.adopt(releases, []);
      this.observer.routed(releases);
    } catch (error) {
      this.observer.warn(`Traffic could not be changed: ${(error as Error).message}`);
      if (error instanceof StaleLease) {
        // A partition that is somebody else's by now must not keep those of the others waiting.
        const rest = effects.filter((each) => this.leaseOf(each, leases)!.partition !== error.partition);
        if (rest.length > 0 && rest.length < effects.length) await this.apply(rest, leases);
        return;
      }
      const ofEach = byRelease(effects);
      if (ofEach.length === 1) return;
      // One release that cannot be routed must not keep the others waiting.
      for (const ofRelease of ofEach) await this.apply(ofRelease, leases);
    }
  }

  private leaseOf({ releaseId }: PendingEffect, leases: ReadonlyMap<number, Lease>): Lease | undefined {
    return leases.get(this.owned.get(releaseId)?.partition ?? -1);
  }
}
