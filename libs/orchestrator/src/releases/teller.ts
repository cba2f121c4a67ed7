import type { Clock } from '../ports/clock';
import { StaleLease, type Lease } from '../ports/lease-store';
import type { Observer } from '../ports/observer';
import type { ReleaseStore, Telling, Told } from '../ports/release-store';
import { byRelease } from './by-release';
import type { OwnedReleases } from './owned-releases';

/** Releases told in one transaction. */
const BATCH = 200;

/** Tells releases what is new in few transactions, and takes note of what they have become. */
export class Teller {
  constructor(
    private readonly store: ReleaseStore,
    private readonly owned: OwnedReleases,
    private readonly clock: Clock,
    private readonly observer: Observer,
  ) {}

  /** Answers the tellings that are stored. The others are found again by a later pass. */
  async tell(tellings: readonly Telling[], leases: ReadonlyMap<number, Lease>): Promise<Telling[]> {
    const stored: Telling[] = [];
    for (let start = 0; start < tellings.length; start += BATCH)
      stored.push(...(await this.tellBatch(tellings.slice(start, start + BATCH), leases)));
    return stored;
  }

  private async tellBatch(
    batch: readonly Telling[],
    leases: ReadonlyMap<number, Lease>,
  ): Promise<readonly Telling[]> {
    const held = batch.filter((telling) => this.leaseOf(telling, leases));
    if (held.length === 0) return [];
    const fences = [...new Set(held.map((telling) => this.leaseOf(telling, leases)!))];
    try {
      for (const told of await this.store.tell(held, fences, this.clock.now())) this.note(told);
      return held;
    } catch (error) {
      this.observer.warn(`${held.length} tellings could not be stored: ${(error as Error).message}`);
      if (error instanceof StaleLease) return this.withoutPartition(error.partition, held, leases);
      const ofEach = byRelease(held);
      return ofEach.length === 1 ? [] : this.oneByOne(ofEach, leases);
    }
  }

  /** A partition that is somebody else's by now must not keep those of the others waiting. */
  private async withoutPartition(
    partition: number,
    held: readonly Telling[],
    leases: ReadonlyMap<number, Lease>,
  ): Promise<readonly Telling[]> {
    const rest = held.filter((telling) => this.leaseOf(telling, leases)!.partition !== partition);
    return rest.length === held.length ? [] : this.tellBatch(rest, leases);
  }

  /** One release that cannot be told must not keep the others waiting; it is told all or nothing. */
  private async oneByOne(
    ofEach: readonly (readonly Telling[])[],
    leases: ReadonlyMap<number, Lease>,
  ): Promise<Telling[]> {
    const stored: Telling[] = [];
    for (const ofRelease of ofEach) stored.push(...(await this.tellBatch(ofRelease, leases)));
    return stored;
  }

  private note(told: Told): void {
    this.owned.note(told);
    this.observer.told(told);
  }

  private leaseOf({ releaseId }: Telling, leases: ReadonlyMap<number, Lease>): Lease | undefined {
    return leases.get(this.owned.get(releaseId)?.partition ?? -1);
  }
}
