import type { ReleaseId } from '@croupier/contracts';
import {
  isMessage,
  isTraffic,
  partitionOf,
  StaleLease,
  type Changes,
  type Ground,
  type Lease,
  type PendingEffect,
  type StoredRelease,
  type Telling,
  type Told,
} from '@croupier/orchestrator';
import {
  dueReleases,
  evolve,
  isEnded,
  isFinished,
  queueRelease,
  type Attempt,
  type Decision,
  type DueRelease,
  type Effect,
  type ReleasePlan,
  type RolloutState,
} from '@croupier/rollout';
import type { Setting } from '../setting';
import type { Message } from '../outside/message-bus';
import { subjectOf } from '../scenario/game-version';
import type { ClearanceBook } from './clearance-book';
import type { LeaseTable } from './lease-table';
import { hasUndone, type Commit, type KeptEffect, type ReleaseRow, type Teller } from './release-row';
import { isNoWeight, type RoutingDesk } from './routing-desk';

export interface LedgerWatch {
  /** A transaction is in: all that it has stored. */
  committed(commits: readonly Commit[], leases: readonly Lease[]): void;
  /** A change of clearance is in. */
  cleared(subject: string): void;
  fencesUsed(leases: readonly Lease[], by: string): void;
}

type ClearanceMessage = Extract<Message, { readonly kind: 'cleared' }>;

const NOTHING: Decision = { events: [], effects: [] };

/** Releases, timelines, effects and the inbox, as one database keeps them: each method is one transaction. */
export class ReleaseLedger {
  private readonly rows = new Map<ReleaseId, ReleaseRow>();
  private readonly inbox = new Set<string>();
  private changeCount = 0;
  private effectCount = 0;

  constructor(
    private readonly setting: Setting,
    private readonly leases: LeaseTable,
    private readonly desk: RoutingDesk,
    private readonly clearances: ClearanceBook,
    private readonly planOf: (subject: string, due: DueRelease) => ReleasePlan,
    private readonly watch: LedgerWatch,
  ) {}

  all(): Iterable<ReleaseRow> {
    return this.rows.values();
  }

  get(id: ReleaseId): ReleaseRow | undefined {
    return this.rows.get(id);
  }

  queue(plan: ReleasePlan, teller: Teller): void {
    const decision = queueRelease(plan, this.setting.time.now);
    const [queued] = decision.events;
    if (queued === undefined) throw new Error(`The plan is refused: ${decision.refusal?.reason}`);
    const partition = partitionOf(plan.provider, plan.game);
    const state = evolve(undefined, queued);
    const release: StoredRelease = {
      id: plan.releaseId,
      partition,
      revision: 1,
      state,
      firstRoutingVersion: null,
      stepRoutingVersion: null,
    };
    const after = { release, events: [queued], effects: new Map(), sent: [], changedAt: ++this.changeCount };
    this.rows.set(plan.releaseId, after);
    const told = { release, decision, effects: [] };
    this.watch.committed([{ before: null, after, input: null, doneEffect: undefined, told, teller }], []);
  }

  changes(partitions: readonly number[], cursor: string | null): Changes {
    const { random, rules } = this.setting;
    const rows = [...this.rows.values()].filter((row) => {
      if (!partitions.includes(row.release.partition)) return false;
      if (cursor === null) return rules.isLoaded(isFinished(row.release.state), hasUndone(row));
      return row.changedAt >= Number(cursor);
    });
    // A transaction under way holds the cursor back, and what has been read is read again.
    const next = this.changeCount + 1 - random.pick([0, 0, 0, 1, 3]);
    return {
      cursor: String(Math.max(next, Number(cursor))),
      releases: rows.map(({ release }) => release),
      effects: rows.flatMap(({ effects }) => undone(effects)),
    };
  }

  tell(tellings: readonly Telling[], leases: readonly Lease[], now: number, teller: Teller): Told[] {
    this.fence(leases, teller.name);
    const commits: Commit[] = [];
    const changed = new Map<ReleaseId, ReleaseRow>();
    for (const telling of tellings) {
      const before = changed.get(telling.releaseId) ?? this.rows.get(telling.releaseId);
      if (before === undefined) throw new Error(`There is no release ${telling.releaseId}`);
      const commit = this.toldTo(before, this.setting.rules.telling(telling), now, teller);
      changed.set(telling.releaseId, commit.after);
      commits.push(commit);
    }
    for (const [id, row] of changed) this.rows.set(id, row);
    this.watch.committed(commits, leases);
    return commits.map(({ told }) => told);
  }

  /** Tells what a message says, once; false when it has been taken before. */
  consume(messageId: string, tellings: readonly Telling[], now: number, teller: Teller): boolean {
    if (this.setting.rules.remembers(this.inbox.has(messageId))) return false;
    this.inbox.add(messageId);
    this.tell(tellings, [], now, teller);
    return true;
  }

  /** Takes a change of clearance, once: what is revoked ends, and the subject is dealt anew. */
  clear(messageId: string, change: ClearanceMessage, now: number, teller: Teller): boolean {
    if (this.setting.rules.remembers(this.inbox.has(messageId))) return false;
    this.inbox.add(messageId);
    const { clearance } = change;
    if (!this.clearances.take(change, clearance)) return false;
    const subject = subjectOf(change);
    const ending = [...this.rows.values()].filter(
      ({ release: { state } }) =>
        clearance.revoked &&
        !isEnded(state) &&
        subjectOf(state.plan) === subject &&
        state.plan.version === change.version,
    );
    const reason = 'the laboratory withdraws it';
    const tellings = ending.map(({ release: { id } }) => ({
      releaseId: id,
      input: { kind: 'revoked', reason } as const,
    }));
    this.tell(tellings, [], now, teller);
    this.desk.keepOffered(subject, change.version, clearance.markets);
    if (this.setting.rules.isDealtAtOnce(clearance.revoked)) this.desk.publish();
    this.queueDue(subject);
    this.watch.cleared(subject);
    return true;
  }

  /** Queues what the subject's clearances call for, and nothing that is queued already. */
  queueDue(subject: string): void {
    const ofSubject = [...this.rows.values()].filter(
      ({ release }) => subjectOf(release.state.plan) === subject,
    );
    const attempts = ofSubject.map(({ release: { state } }): Attempt => ({
      version: state.plan.version,
      standsInFor: state.plan.standsInFor ?? null,
      isOver: isEnded(state),
    }));
    const relevant = attempts.filter(({ isOver, standsInFor }) => !isOver || standsInFor !== null);
    for (const due of dueReleases(this.desk.standingOf(subject), relevant)) {
      if (due.kind === 'extension') this.desk.offer(subject, due.version, due.markets);
      this.queue(this.planOf(subject, due), { name: 'the clearances', seenSince: null });
    }
  }

  grounds(ids: readonly ReleaseId[]): Map<ReleaseId, Ground> {
    return new Map(ids.map((id) => [id, this.groundOf(this.rows.get(id)!.release.state.plan)]));
  }

  private groundOf(plan: ReleasePlan): Ground {
    const subject = subjectOf(plan);
    const cleared = this.desk.clearedOf(subject, plan.version);
    const markets = cleared.filter((market) => plan.markets?.includes(market) ?? true);
    const serving = this.desk
      .routeOf(subject)
      ?.fallbacks.find((fallback) => fallback.markets.some((market) => markets.includes(market)));
    return { markets, from: serving?.version ?? null };
  }

  route(effects: readonly PendingEffect[], leases: readonly Lease[], by: string): StoredRelease[] {
    this.fence(leases, by);
    for (const together of this.setting.rules.snapshots(effects, (pending) => this.isLatest(pending)))
      this.deal(together);
    for (const { releaseId, effect } of effects) this.tick(releaseId, effect.key);
    return effects.map(({ releaseId }) => this.rows.get(releaseId)!.release);
  }

  private deal(effects: readonly PendingEffect[]): void {
    if (effects.length === 0) return;
    for (const { releaseId, effect } of effects) this.desk.apply(this.rows.get(releaseId)!.release, effect);
    const routingVersion = this.desk.publish();
    for (const pending of effects) this.routed(pending, routingVersion);
  }

  private routed({ releaseId, effect }: PendingEffect, routingVersion: number): void {
    const row = this.rows.get(releaseId)!;
    const first = givesTraffic(effect) ? routingVersion : null;
    const release = {
      ...row.release,
      firstRoutingVersion: row.release.firstRoutingVersion ?? first,
      stepRoutingVersion: routingVersion,
    };
    this.rows.set(releaseId, { ...row, release });
  }

  private tick(releaseId: ReleaseId, key: string): void {
    const row = this.rows.get(releaseId)!;
    this.rows.set(releaseId, { ...row, effects: ticked(row.effects, key), changedAt: ++this.changeCount });
  }

  /** Whether it still says how the release's traffic is to be dealt. */
  private isLatest({ releaseId, effect }: PendingEffect): boolean {
    const traffic = [...this.rows.get(releaseId)!.effects.values()].filter(({ pending }) =>
      isTraffic(pending.effect),
    );
    const last = traffic.at(-1);
    return last?.pending.effect.key === effect.key && !last.done;
  }

  private toldTo(before: ReleaseRow, telling: Telling, now: number, teller: Teller): Commit {
    const { rules } = this.setting;
    const { doneEffect } = telling;
    const isTickedOff = doneEffect !== undefined && before.effects.get(doneEffect)?.done === true;
    const input = rules.hasBeenTold(isTickedOff) ? null : telling.input;
    const decision = input === null ? NOTHING : rules.decide(before.release.state, input, now);
    const state = decision.events.reduce<RolloutState>(evolve, before.release.state);
    const effects = decision.effects
      .filter((effect) => !isMessage(effect))
      .map((effect) => ({ releaseId: before.release.id, sequence: ++this.effectCount, effect }));
    const changesTraffic = effects.some(({ effect }) => isTraffic(effect));
    const { stepRoutingVersion } = before.release;
    const release: StoredRelease = {
      ...before.release,
      state,
      revision: before.release.revision + decision.events.length,
      stepRoutingVersion: changesTraffic
        ? rules.routingVersionBeforeRouting(stepRoutingVersion)
        : stepRoutingVersion,
    };
    const kept = new Map(doneEffect === undefined ? before.effects : ticked(before.effects, doneEffect));
    for (const pending of effects) kept.set(pending.effect.key, { pending, done: false });
    const after: ReleaseRow = {
      release,
      events: decision.events.length === 0 ? before.events : [...before.events, ...decision.events],
      effects: kept,
      sent: [...before.sent, ...decision.effects.filter(isMessage).map(({ key }) => key)],
      changedAt: ++this.changeCount,
    };
    return { before, after, input, doneEffect, told: { release, decision, effects }, teller };
  }

  private fence(leases: readonly Lease[], by: string): void {
    for (const { partition, token } of leases)
      if (!this.setting.rules.isHolder(token, this.leases.tokenOf(partition)))
        throw new StaleLease(partition);
    this.watch.fencesUsed(leases, by);
  }
}

function givesTraffic(effect: Effect): boolean {
  return effect.kind === 'promote-traffic' || (effect.kind === 'set-weight' && !isNoWeight(effect.weights));
}

function undone(effects: ReadonlyMap<string, KeptEffect>): PendingEffect[] {
  const undone: PendingEffect[] = [];
  for (const { pending, done } of effects.values()) if (!done) undone.push(pending);
  return undone;
}

function ticked(effects: ReadonlyMap<string, KeptEffect>, key: string): ReadonlyMap<string, KeptEffect> {
  const effect = effects.get(key);
  if (effect === undefined || effect.done) return effects;
  return new Map(effects).set(key, { ...effect, done: true });
}
