import type { ReleaseId, TelemetryCount } from '@croupier/contracts';
import type { Lease } from '../ports/lease-store';
import type { StoredRelease } from '../ports/release-store';
import type { TelemetryEntry, TelemetryRead, TelemetrySource, WindowEntry } from '../ports/telemetry-source';
import { subjectOf } from '../releases/queue';
import { Intake, isInTraffic, noTallies, upToDate, type ReleaseTallies } from './release-tallies';

/** How far a partition has counted, and what. */
interface Account {
  since: number;
  /** Entries at or above `since` that are counted, by id, with their position: Infinity until they are read again. */
  readonly seen: Map<string, number>;
  readonly tallies: Map<ReleaseId, ReleaseTallies>;
}

/** What has been counted of each release in traffic: once per entry, however often it is read or the holder changes. */
export class TallyBook {
  private readonly accounts = new Map<number, Account>();
  private changed = false;

  constructor(private readonly source: TelemetrySource<ReleaseTallies>) {}

  /** Follows the leases: goes on where the last holder of a new partition was. */
  async follow(leases: ReadonlyMap<number, Lease>, gained: readonly number[]): Promise<void> {
    for (const partition of this.accounts.keys()) if (!leases.has(partition)) this.accounts.delete(partition);
    if (gained.length === 0) return;
    for (const { partition, since, seen, tallies } of await this.source.loadCheckpoints(gained))
      this.accounts.set(partition, {
        since,
        seen: new Map(seen.map((id) => [id, Infinity])),
        tallies: new Map(Object.entries(tallies) as [ReleaseId, ReleaseTallies][]),
      });
  }

  /** Reads what has come in, or only how far one could read when nothing has traffic. */
  async read(releases: Iterable<StoredRelease>): Promise<TelemetryRead> {
    for (const { state } of releases) if (isInTraffic(state)) return this.source.read(this.lowestSince());
    return { entries: [], horizon: await this.source.horizon(), skipped: true };
  }

  /**
   * Counts what was read. `releases` must have been seen after the read: then every snapshot that a window was dealt
   * by is known to them. Answers whose counts have changed.
   */
  count(read: TelemetryRead, releases: Iterable<StoredRelease>): Set<ReleaseId> {
    const inTraffic = [...releases].filter(({ state }) => isInTraffic(state));
    if (read.skipped && inTraffic.length > 0) return new Set();
    const intakes = this.take(read.entries, inTraffic);
    for (const release of inTraffic) {
      const intake = intakes.get(release.id);
      const current = this.of(release);
      this.accounts
        .get(release.partition)
        ?.tallies.set(release.id, intake ? intake.foldInto(current) : current);
    }
    this.advance(read);
    this.forgetOthers(inTraffic);
    return new Set(intakes.keys());
  }

  of(release: StoredRelease): ReleaseTallies {
    const counted = this.accounts.get(release.partition)?.tallies.get(release.id);
    return counted ? upToDate(counted, release) : noTallies(release);
  }

  /** Keeps how far it is, so that the next holder need not count from the beginning. */
  async save(leases: ReadonlyMap<number, Lease>): Promise<void> {
    if (!this.changed) return;
    this.changed = false;
    const checkpoints = [...this.accounts].flatMap(([partition, { since, seen, tallies }]) => {
      const token = leases.get(partition)?.token;
      if (token === undefined) return [];
      return [{ partition, token, since, seen: [...seen.keys()], tallies: Object.fromEntries(tallies) }];
    });
    await this.source.saveCheckpoints(checkpoints);
  }

  private take(
    entries: readonly TelemetryEntry[],
    inTraffic: readonly StoredRelease[],
  ): Map<ReleaseId, Intake> {
    const bySubject = new Map(inTraffic.map((release) => [subjectOf(release), release]));
    const byId = new Map(inTraffic.map((release) => [release.id, release]));
    const intakes = new Map<ReleaseId, Intake>();
    const intakeOf = (release: StoredRelease): Intake => {
      const intake = intakes.get(release.id) ?? new Intake(release);
      intakes.set(release.id, intake);
      return intake;
    };
    for (const entry of entries) {
      const fresh = this.markSeen(entry);
      if (fresh.size === 0) continue;
      if (entry.kind === 'observation') {
        const release = byId.get(entry.releaseId);
        if (release && fresh.has(release.partition)) intakeOf(release).addObservation(entry);
      } else {
        for (const [subject, counts] of countsBySubject(entry)) {
          const release = bySubject.get(subject);
          if (release && fresh.has(release.partition)) intakeOf(release).addWindow({ ...entry, counts });
        }
      }
    }
    return intakes;
  }

  /** The partitions that have not counted the entry yet. */
  private markSeen({ id, position }: TelemetryEntry): Set<number> {
    const fresh = new Set<number>();
    for (const [partition, account] of this.accounts) {
      if (position < account.since) continue;
      if (!account.seen.has(id)) fresh.add(partition);
      account.seen.set(id, position);
    }
    return fresh;
  }

  private advance({ entries, horizon }: TelemetryRead): void {
    for (const account of this.accounts.values()) {
      if (account.since === horizon && entries.length === 0) continue;
      this.changed = true;
      account.since = Math.max(account.since, horizon);
      for (const [id, position] of account.seen)
        if (position < account.since || position === Infinity) account.seen.delete(id);
    }
  }

  private forgetOthers(inTraffic: readonly StoredRelease[]): void {
    const kept = new Set(inTraffic.map(({ id }) => id));
    for (const { tallies } of this.accounts.values())
      for (const id of tallies.keys()) if (!kept.has(id)) tallies.delete(id);
  }

  private lowestSince(): number {
    let lowest = Infinity;
    for (const { since } of this.accounts.values()) lowest = Math.min(lowest, since);
    return Number.isFinite(lowest) ? lowest : 0;
  }
}

function countsBySubject({ counts }: WindowEntry): Map<string, TelemetryCount[]> {
  const bySubject = new Map<string, TelemetryCount[]>();
  for (const count of counts) {
    const subject = `${count.provider}/${count.game}`;
    const ofSubject = bySubject.get(subject);
    if (ofSubject) ofSubject.push(count);
    else bySubject.set(subject, [count]);
  }
  return bySubject;
}
