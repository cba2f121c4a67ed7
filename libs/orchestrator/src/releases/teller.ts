import type { Clock } from '../ports/clock';
import { StaleLease, type Lease } from '../ports/lease-store';
import type { Observer } from '../ports/observer';
import type { ReleaseStore, Telling, Told } from '../ports/release-store';
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
    try {
      for (const told of await this.store.tell(batch, this.leasesOf(batch, leases), this.clock.now()))
        this.note(told);
      return batch;
    } catch (error) {
      this.observer.warn(`${batch.length} releases could not be told: ${(error as Error).message}`);
      if (error instanceof StaleLease || batch.length === 1) return [];
      return this.oneByOne(batch, leases);
    }
  }

  /** One release that cannot be told must not keep the others waiting. */
  private async oneByOne(batch: readonly Telling[], leases: ReadonlyMap<number, Lease>): Promise<Telling[]> {
    const stored: Telling[] = [];
    for (const telling of batch) stored.push(...(await this.tellBatch([telling], leases)));
    return stored;
  }

  private note(told: Told): void {
    this.owned.adopt([told.release], told.effects);
    this.observer.told(told);
  }

  private leasesOf(batch: readonly Telling[], leases: ReadonlyMap<number, Lease>): Lease[] {
    const partitions = new Set(batch.map(({ releaseId }) => this.owned.get(releaseId)?.partition));
    return [...leases.values()].filter(({ partition }) => partitions.has(partition));
  }
}
