import type { ReleaseId } from '@croupier/contracts';
import { decide, evolve, isFinished, type Decision, type Effect, type RolloutState } from '@croupier/rollout';
import { isMessage, isTraffic } from '../src/effects/lanes';
import { StaleLease, type Lease } from '../src/ports/lease-store';
import type {
  Changes,
  DealtVersions,
  Ground,
  PendingEffect,
  ReleaseStore,
  StoredRelease,
  Telling,
  Told,
} from '../src/ports/release-store';

interface Row {
  release: StoredRelease;
  readonly effects: Map<string, { readonly pending: PendingEffect; done: boolean }>;
  readonly events: string[];
  changedAt: number;
}

const NOTHING: Decision = { events: [], effects: [] };

/** Keeps what is told, as the database does; each method is one transaction. */
export class MemoryReleaseStore implements ReleaseStore {
  private readonly rows = new Map<ReleaseId, Row>();
  private readonly poisoned = new Set<ReleaseId>();
  private changeCount = 0;
  private effectCount = 0;
  routingVersion = 10;
  readonly stable = new Map<string, string>();
  readonly ground = new Map<ReleaseId, Ground>();
  readonly dealt = new Map<string, DealtVersions>();
  /** The effects of each new routing snapshot. */
  readonly snapshots: Effect[][] = [];
  /** Effects that were messages. */
  readonly sent: Effect[] = [];
  /** What each call of `tell` was given. */
  readonly tellings: { readonly tellings: readonly Telling[]; readonly leases: readonly Lease[] }[] = [];
  /** The partitions and the cursor of each call of `changes`. */
  readonly looks: { readonly partitions: readonly number[]; readonly cursor: string | null }[] = [];

  /** By default every lease is the holder's. */
  constructor(private readonly tokenOf: ((partition: number) => number) | null = null) {}

  keep(release: StoredRelease, ...effects: readonly PendingEffect[]): void {
    const row = this.rows.get(release.id) ?? { release, effects: new Map(), events: [], changedAt: 0 };
    this.rows.set(release.id, row);
    row.release = release;
    row.changedAt = this.changeCount += 1;
    for (const pending of effects) row.effects.set(pending.effect.key, { pending, done: false });
  }

  /** Every transaction on it is rolled back from now on. */
  poison(id: ReleaseId): void {
    this.poisoned.add(id);
  }

  heal(): void {
    this.poisoned.clear();
  }

  get(id: ReleaseId): StoredRelease {
    return this.rows.get(id)!.release;
  }

  /** Types of the events since it has been kept. */
  eventsOf(id: ReleaseId): readonly string[] {
    return this.rows.get(id)!.events;
  }

  undone(id: ReleaseId): string[] {
    return undone(this.rows.get(id)!).map(({ effect }) => effect.kind);
  }

  async changes(partitions: readonly number[], cursor: string | null): Promise<Changes> {
    this.looks.push({ partitions, cursor });
    const rows = [...this.rows.values()].filter((row) => {
      if (!partitions.includes(row.release.partition)) return false;
      if (cursor !== null) return row.changedAt >= Number(cursor);
      return !isFinished(row.release.state) || undone(row).length > 0;
    });
    return {
      cursor: String(this.changeCount + 1),
      releases: rows.map(({ release }) => release),
      effects: rows.flatMap(undone),
    };
  }

  async tell(tellings: readonly Telling[], leases: readonly Lease[], now: number): Promise<readonly Told[]> {
    this.tellings.push({ tellings, leases });
    this.fence(leases);
    for (const { releaseId } of tellings) this.mustBeSound(releaseId);
    return tellings.map((telling) => this.tellOne(telling, now));
  }

  async route(
    effects: readonly PendingEffect[],
    leases: readonly Lease[],
  ): Promise<readonly StoredRelease[]> {
    this.fence(leases);
    for (const { releaseId } of effects) this.mustBeSound(releaseId);
    this.routingVersion += 1;
    this.snapshots.push(effects.map(({ effect }) => effect));
    for (const { releaseId, effect } of effects) {
      const row = this.rows.get(releaseId)!;
      const { plan } = row.release.state;
      row.effects.get(effect.key)!.done = true;
      row.changedAt = this.changeCount += 1;
      row.release = {
        ...row.release,
        firstRoutingVersion: row.release.firstRoutingVersion ?? this.routingVersion,
        stepRoutingVersion: this.routingVersion,
      };
      if (effect.kind === 'promote-traffic') this.stable.set(`${plan.provider}/${plan.game}`, plan.version);
    }
    return effects.map(({ releaseId }) => this.get(releaseId));
  }

  async stableVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map([...this.stable].filter(([subject]) => subjects.includes(subject)));
  }

  async grounds(releases: readonly ReleaseId[]): Promise<ReadonlyMap<ReleaseId, Ground>> {
    return new Map([...this.ground].filter(([id]) => releases.includes(id)));
  }

  async dealtVersions(subjects: readonly string[]): Promise<ReadonlyMap<string, DealtVersions>> {
    return new Map([...this.dealt].filter(([subject]) => subjects.includes(subject)));
  }

  private tellOne({ releaseId, input, doneEffect }: Telling, now: number): Told {
    const row = this.rows.get(releaseId)!;
    const done = doneEffect === undefined ? undefined : row.effects.get(doneEffect);
    const { state } = row.release;
    const decision = input === null || done?.done === true ? NOTHING : decide(state, input, now);
    if (done) done.done = true;
    const effects: PendingEffect[] = [];
    for (const effect of decision.effects)
      if (isMessage(effect)) this.sent.push(effect);
      else effects.push({ releaseId, sequence: (this.effectCount += 1), effect });
    for (const pending of effects) row.effects.set(pending.effect.key, { pending, done: false });
    row.events.push(...decision.events.map(({ type }) => type));
    row.changedAt = this.changeCount += 1;
    const changesWeights = effects.some(({ effect }) => isTraffic(effect));
    row.release = {
      ...row.release,
      revision: row.release.revision + decision.events.length,
      state: decision.events.reduce<RolloutState>(evolve, state),
      stepRoutingVersion: changesWeights ? null : row.release.stepRoutingVersion,
    };
    return { release: row.release, decision, effects };
  }

  private fence(leases: readonly Lease[]): void {
    if (this.tokenOf === null) return;
    for (const { partition, token } of leases)
      if (token !== this.tokenOf(partition)) throw new StaleLease(partition);
  }

  private mustBeSound(id: ReleaseId): void {
    if (this.poisoned.has(id)) throw new Error(`${id} cannot be stored`);
  }
}

function undone(row: Row): PendingEffect[] {
  return [...row.effects.values()].filter(({ done }) => !done).map(({ pending }) => pending);
}
