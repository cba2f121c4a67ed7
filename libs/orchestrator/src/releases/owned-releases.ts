import type { ReleaseId } from '@croupier/contracts';
import { isFinished } from '@croupier/rollout';
import type { Lease } from '../ports/lease-store';
import type { PendingEffect, ReleaseStore, StoredRelease, Told } from '../ports/release-store';
import type { EffectQueue } from '../effects/effect-queue';

/** The unfinished releases of the partitions held, as last seen. A stale one costs a look, never a wrong decision. */
export class OwnedReleases {
  private readonly releases = new Map<ReleaseId, StoredRelease>();
  private known = new Map<number, Lease>();
  private cursor: string | null = null;
  /** Others have told a release something between our look at it and our telling. */
  private hasMissed = false;

  constructor(
    private readonly store: ReleaseStore,
    private readonly effects: EffectQueue,
  ) {}

  /** Forgets what is held no more; answers the partitions that are new, which `refresh` will load. */
  follow(leases: ReadonlyMap<number, Lease>): readonly number[] {
    this.forgetLost(leases);
    return [...leases.keys()].filter((partition) => !this.known.has(partition));
  }

  /** Sees what has changed, and all of the partitions that are new. Answers the releases that it has read. */
  async refresh(leases: ReadonlyMap<number, Lease>): Promise<readonly ReleaseId[]> {
    const gained = this.follow(leases);
    const read: StoredRelease[] = [];
    if (this.known.size > 0) {
      const changes = await this.store.changes([...this.known.keys()], this.cursor);
      this.adopt(changes.releases, changes.effects);
      this.cursor = changes.cursor;
      read.push(...changes.releases);
    }
    if (gained.length > 0) {
      const all = await this.store.changes(gained, null);
      this.adopt(all.releases, all.effects);
      this.cursor ??= all.cursor;
      read.push(...all.releases);
    }
    this.known = new Map(leases);
    return read.map(({ id }) => id);
  }

  /** What a telling has made of a release. */
  note({ release, decision, effects }: Told): void {
    const before = this.releases.get(release.id);
    if (before && before.revision + decision.events.length < release.revision) this.hasMissed = true;
    this.adopt([release], effects);
  }

  /** Sees the effects that others' tellings have left: they come before those of our own. */
  async catchUp(): Promise<void> {
    if (!this.hasMissed) return;
    const { releases, effects } = await this.store.changes([...this.known.keys()], this.cursor);
    this.adopt(releases, effects);
    this.hasMissed = false;
  }

  /** Replaces what is older. */
  adopt(releases: readonly StoredRelease[], effects: readonly PendingEffect[]): void {
    this.effects.add(effects);
    for (const release of releases) {
      const before = this.releases.get(release.id);
      if (before && before.revision > release.revision) continue;
      this.releases.set(release.id, release);
      this.settle(release.id);
    }
  }

  /** Forgets a release that is over, once there is nothing left to do for it. */
  settle(id: ReleaseId): void {
    const release = this.releases.get(id);
    if (!release || !isFinished(release.state) || this.effects.has(id)) return;
    this.releases.delete(id);
    this.effects.forget(id);
  }

  get(id: ReleaseId): StoredRelease | undefined {
    return this.releases.get(id);
  }

  all(): Iterable<StoredRelease> {
    return this.releases.values();
  }

  get size(): number {
    return this.releases.size;
  }

  /** A lease that has changed hands and come back is as good as new: others may have acted meanwhile. */
  private forgetLost(leases: ReadonlyMap<number, Lease>): void {
    const lost = new Set<number>();
    for (const [partition, { token }] of this.known)
      if (leases.get(partition)?.token !== token) lost.add(partition);
    if (lost.size === 0) return;
    for (const partition of lost) this.known.delete(partition);
    for (const [id, { partition }] of this.releases)
      if (lost.has(partition)) {
        this.releases.delete(id);
        this.effects.forget(id);
      }
    if (this.known.size === 0) this.cursor = null;
  }
}
