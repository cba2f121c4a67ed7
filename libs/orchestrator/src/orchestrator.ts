import type { ReleaseId } from '@croupier/contracts';
import { decide, isActive, currentStep, type RolloutInput } from '@croupier/rollout';
import { EffectQueue } from './effects/effect-queue';
import { EFFECT_LIMITS, EffectRunner, type EffectLimits } from './effects/effect-runner';
import { NeededWorkloads } from './effects/needed-workloads';
import { TrafficRouter } from './effects/traffic-router';
import { judgementOf, withoutGateways } from './judging/judgement';
import { LeaseKeeper } from './leases/lease-keeper';
import type { Clock } from './ports/clock';
import type { EffectPerformer } from './ports/effect-performer';
import type { FreezeCalendar } from './ports/freeze-calendar';
import type { Lease, LeaseStore } from './ports/lease-store';
import type { Observer } from './ports/observer';
import type { ReleaseStore, StoredRelease, Telling } from './ports/release-store';
import type { TelemetrySource } from './ports/telemetry-source';
import { isDue, raisesUnseen, tellingsOf } from './releases/observation';
import { OwnedReleases } from './releases/owned-releases';
import {
  candidates,
  nextInLine,
  startOrPass,
  subjectOf,
  superseded,
  withinRoom,
  type Turn,
} from './releases/queue';
import { Teller } from './releases/teller';
import type { ReleaseTallies } from './telemetry/release-tallies';
import { TallyBook } from './telemetry/tally-book';

export interface Ports {
  readonly leases: LeaseStore;
  readonly releases: ReleaseStore;
  readonly telemetry: TelemetrySource<ReleaseTallies>;
  readonly effects: EffectPerformer;
  readonly freezes: FreezeCalendar;
  readonly clock: Clock;
  readonly observer: Observer;
}

export interface OrchestratorOptions {
  readonly replicaId: string;
  /** Releases between their start and their first traffic, at a time; what is urgent does not wait for room. */
  readonly startingAtOnce: number;
  readonly effects?: EffectLimits;
  /** Called when another pass would find something to do. */
  readonly wake: () => void;
}

/** Everything is looked at this often; between times, only what has news. */
const SWEEP_MS = 1_000;
const CHECKPOINT_MS = 5_000;

/**
 * The deployer's loop: sees what has changed, tells the releases it holds a lease for, and deals and performs what they
 * decide. Passes must not overlap. A crash at any moment leaves in the stores what the next holder needs.
 */
export class Orchestrator {
  private readonly leases: LeaseKeeper;
  private readonly queue = new EffectQueue();
  private readonly owned: OwnedReleases;
  private readonly tallies: TallyBook;
  private readonly teller: Teller;
  private readonly router: TrafficRouter;
  private readonly needed: NeededWorkloads;
  private readonly runner: EffectRunner;
  private sweptAt = -Infinity;
  private savedAt = -Infinity;

  constructor(
    private readonly ports: Ports,
    private readonly options: OrchestratorOptions,
  ) {
    const { clock, observer, releases } = ports;
    this.leases = new LeaseKeeper(options.replicaId, ports.leases, clock);
    this.owned = new OwnedReleases(releases, this.queue);
    this.tallies = new TallyBook(ports.telemetry);
    this.teller = new Teller(releases, this.owned, clock, observer);
    this.router = new TrafficRouter(releases, this.owned, this.queue, observer);
    this.needed = new NeededWorkloads(releases, this.owned, this.queue);
    const limits = options.effects ?? EFFECT_LIMITS;
    this.runner = new EffectRunner(this.queue, ports.effects, clock, limits, options.wake, (message) =>
      observer.warn(message),
    );
  }

  /** Has to be called more often than leases end, also while a pass is under way. */
  renewLeases(): Promise<void> {
    return this.leases.renew();
  }

  /** After the last pass: others go on at once. */
  async stop(): Promise<void> {
    await this.tallies.save(this.leases.current());
    await this.leases.release();
  }

  async pass(): Promise<void> {
    const leases = this.leases.current();
    await this.tallies.follow(leases, this.owned.follow(leases));
    const read = await this.tallies.read(this.owned.all());
    const routedEverywhere = await this.ports.telemetry.routedEverywhere();
    const seen = await this.owned.refresh(leases);
    const news = this.tallies.count(read, this.owned.all());
    for (const id of seen) news.add(id);
    const isSweep = this.ports.clock.now() - this.sweptAt >= SWEEP_MS;
    if (isSweep) this.sweptAt = this.ports.clock.now();
    await this.tellOutcomes(routedEverywhere, leases);
    if (isSweep || news.size > 0) await this.advanceQueue(leases);
    await this.observe((id) => isSweep || news.has(id), routedEverywhere, leases);
    await this.owned.catchUp();
    await this.router.route(leases);
    const fates = await this.needed.among(this.runner.due(), this.ports.clock.now());
    this.runner.start(leases, ({ releaseId }) => this.owned.get(releaseId), fates);
    await this.checkpoint(leases);
  }

  /** What the outside has answered. */
  private async tellOutcomes(
    routedEverywhere: number | null,
    leases: ReadonlyMap<number, Lease>,
  ): Promise<void> {
    const outcomes = this.runner.takeOutcomes().filter((outcome) => {
      const release = this.owned.get(outcome.pending.releaseId);
      const isOurs = release !== undefined && leases.has(release.partition);
      if (!isOurs) this.runner.forget(outcome.pending);
      else if (this.isToWait(release, outcome.input, routedEverywhere)) this.runner.putBack(outcome);
      else return true;
      return false;
    });
    const tellings = outcomes.map(({ pending, input }) => ({
      releaseId: pending.releaseId,
      input,
      doneEffect: pending.effect.key,
    }));
    const stored = new Set(await this.teller.tell(this.inSeason(tellings), leases));
    for (const [index, { pending }] of outcomes.entries()) {
      if (!stored.has(tellings[index]!)) {
        this.runner.again(pending);
        continue;
      }
      this.runner.forget(pending);
      this.queue.finished(pending);
      this.owned.settle(pending.releaseId);
    }
  }

  private isToWait(
    release: StoredRelease,
    input: RolloutInput | null,
    routedEverywhere: number | null,
  ): boolean {
    if (input === null) return false;
    return raisesUnseen(release, decide(release.state, input, this.ports.clock.now()), routedEverywhere);
  }

  private async advanceQueue(leases: ReadonlyMap<number, Lease>): Promise<void> {
    await this.teller.tell(this.worthTelling(superseded(this.owned.all())), leases);
    const room = this.roomToStart();
    const next = candidates(nextInLine(this.owned.all(), this.beingDealt()), room);
    if (next.length === 0) return;
    const subjects = next.flatMap((release) => [
      subjectOf(release),
      ...release.state.plan.requires.map(({ subject }) => subject),
    ]);
    const stable = await this.ports.releases.stableVersions([...new Set(subjects)]);
    const grounds = await this.ports.releases.grounds(next.map(({ id }) => id));
    const turns = next.map((release) => ({
      release,
      input: startOrPass(release, stable, grounds.get(release.id)),
    }));
    await this.teller.tell(this.inSeason(this.worthTelling(withinRoom(turns, room))), leases);
  }

  /** Subjects whose traffic is not yet as it has been decided: what is stable there is not known. */
  private beingDealt(): Set<string> {
    const subjects = new Set<string>();
    for (const { releaseId } of this.queue.traffic()) {
      const release = this.owned.get(releaseId);
      if (release) subjects.add(subjectOf(release));
    }
    return subjects;
  }

  private roomToStart(): number {
    let starting = 0;
    for (const { state } of this.owned.all())
      if (isActive(state) && currentStep(state) === null && state.phase.kind !== 'awaiting-approval')
        starting += 1;
    return Math.max(0, this.options.startingAtOnce - starting);
  }

  private async observe(
    hasNews: (id: ReleaseId) => boolean,
    routedEverywhere: number | null,
    leases: ReadonlyMap<number, Lease>,
  ): Promise<void> {
    const now = this.ports.clock.now();
    const tellings: Telling[] = [];
    for (const release of this.owned.all()) {
      const { id, state } = release;
      if (!hasNews(id) && !isDue(release, now)) continue;
      const judged = this.judge(release);
      const sight = {
        now,
        routedEverywhere,
        freeze: this.ports.freezes.freezeOf(state.plan, now),
        judged: judged && routedEverywhere === null ? withoutGateways(judged) : judged,
      };
      for (const input of tellingsOf(release, sight)) tellings.push({ releaseId: id, input });
    }
    await this.teller.tell(tellings, leases);
  }

  private judge(release: StoredRelease): ReturnType<typeof judgementOf> {
    const judged = judgementOf(release, this.tallies.of(release));
    if (judged) this.ports.observer.judged(release, judged.evidence);
    return judged;
  }

  /** The freeze of the moment goes before what might begin in it. */
  private inSeason(tellings: readonly Telling[]): Telling[] {
    const now = this.ports.clock.now();
    return tellings.flatMap((telling) => {
      const release = this.owned.get(telling.releaseId);
      const freeze = release && this.ports.freezes.freezeOf(release.state.plan, now);
      if (!release || !freeze) return [telling];
      const first = this.worthTelling([{ release, input: { kind: 'freeze', freeze } }]);
      return [...first, telling];
    });
  }

  /** Most looks change nothing: the core is asked before a transaction is begun. */
  private worthTelling(turns: readonly Turn[]): Telling[] {
    const now = this.ports.clock.now();
    return turns
      .filter(({ release, input }) => decide(release.state, input, now).events.length > 0)
      .map(({ release, input }) => ({ releaseId: release.id, input }));
  }

  private async checkpoint(leases: ReadonlyMap<number, Lease>): Promise<void> {
    const now = this.ports.clock.now();
    if (now - this.savedAt < CHECKPOINT_MS) return;
    this.savedAt = now;
    await this.tallies.save(leases);
  }
}
