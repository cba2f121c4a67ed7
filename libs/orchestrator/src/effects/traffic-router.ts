import type { Lease } from '../ports/lease-store';
import { StaleLease } from '../ports/lease-store';
import type { Observer } from '../ports/observer';
import type { PendingEffect, ReleaseStore } from '../ports/release-store';
import type { OwnedReleases } from '../releases/owned-releases';
import type { EffectQueue } from './effect-queue';

/** A release's traffic effects follow each other closely at most three times: a weight, its end, a promotion. */
const ROUNDS = 3;

/** Performs what changes who is dealt what: all that is waiting, in one new routing snapshot. */
export class TrafficRouter {
  constructor(
    private readonly store: ReleaseStore,
    private readonly owned: OwnedReleases,
    private readonly queue: EffectQueue,
    private readonly observer: Observer,
  ) {}

  async route(leases: ReadonlyMap<number, Lease>): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const effects = this.queue.nextTraffic().filter((pending) => this.leaseOf(pending, leases));
      if (effects.length === 0 || !(await this.apply(effects, leases))) return;
    }
  }

  /** False when something is left to be tried again. */
  private async apply(
    effects: readonly PendingEffect[],
    leases: ReadonlyMap<number, Lease>,
  ): Promise<boolean> {
    const fences = [...new Set(effects.map((pending) => this.leaseOf(pending, leases)!))];
    try {
      const releases = await this.store.route(effects, fences);
      for (const pending of effects) this.queue.finished(pending);
      this.owned.adopt(releases, []);
      this.observer.routed(releases);
      return true;
    } catch (error) {
      this.observer.warn(`Traffic could not be changed: ${(error as Error).message}`);
      if (error instanceof StaleLease || effects.length === 1) return false;
      for (const pending of effects) await this.apply([pending], leases);
      return false;
    }
  }

  private leaseOf({ releaseId }: PendingEffect, leases: ReadonlyMap<number, Lease>): Lease | undefined {
    return leases.get(this.owned.get(releaseId)?.partition ?? -1);
  }
}
