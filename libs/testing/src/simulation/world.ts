import type { Phase } from '@croupier/rollout';
import { BEGINNING, Schedule } from './clockwork/schedule';
import { Random } from './clockwork/random';
import { settled } from './clockwork/settled';
import { noFigures } from './figures';
import { Ending } from './invariants/ending';
import { Invariants, type Parts } from './invariants/invariants';
import { Referee } from './invariants/referee';
import { Accidents } from './outside/accidents';
import { DepositReports } from './outside/deposit-reports';
import { DeployerApi } from './outside/deployer-api';
import { DeploymentTarget } from './outside/deployment-target';
import { EffectDesk } from './outside/effect-desk';
import { FlagService } from './outside/flag-service';
import { Gateway, type Truth } from './outside/gateway';
import { Laboratory } from './outside/laboratory';
import { MessageBus } from './outside/message-bus';
import { Migrator } from './outside/migrator';
import { Network } from './outside/network';
import { Operators } from './outside/operators';
import { Fleet } from './replicas/fleet';
import { portsOf } from './replicas/ports';
import type { Rules } from './rules';
import { Arrivals } from './scenario/arrivals';
import { drawFaults, Weather } from './scenario/faults';
import { DrawnFreezes } from './scenario/freezes';
import { FollowUps } from './scenario/follow-ups';
import { subjectOf, type Conduct, type GameVersion } from './scenario/game-version';
import { Outage } from './scenario/outage';
import { Registry } from './scenario/registry';
import { drawSubjects, type Subject } from './scenario/subjects';
import type { Setting } from './setting';
import { ClearanceBook } from './stores/clearance-book';
import { LeaseTable } from './stores/lease-table';
import { ReleaseLedger } from './stores/release-ledger';
import type { Commit } from './stores/release-row';
import { RoutingDesk, type KnownOfVersions, type Published } from './stores/routing-desk';
import { TelemetryLog } from './stores/telemetry-log';

/** After the last fault, everything has this long to end; a second of virtual time is a few passes of each replica. */
const TIME_TO_END_MS = 150_000;
const LOOK_EVERY_MS = 500;
const FOLLOW_EVERY_MS = 2_000;
/** Far from the seeds of worlds. */
const LABORATORY_SEEDS = 1_000_000_007;

/** One casino, drawn from a seed: its deployers, its stores, everything around them, and who watches. */
export class World implements Truth {
  readonly setting: Setting;
  readonly invariants: Invariants;
  readonly ledger: ReleaseLedger;
  readonly fleet: Fleet;
  readonly bus: MessageBus;
  readonly operators: Operators;
  readonly desk: RoutingDesk;
  readonly gateways: readonly Gateway[];
  private readonly registry = new Registry();
  private readonly subjects: ReadonlyMap<string, Subject>;
  private readonly arrivals: Arrivals;
  private readonly outage: Outage | null;
  private readonly accidents: Accidents;
  private readonly laboratory: Laboratory;
  private readonly target: DeploymentTarget;
  private readonly flags: FlagService;
  private readonly reports: DepositReports;
  private readonly ending: Ending;
  private isOver = false;
  private isStirred = false;

  constructor(seed: number, rules: Rules, say: ((event: string) => void) | undefined) {
    const time = new Schedule();
    const random = new Random(seed);
    const weather = new Weather(time, drawFaults(random), BEGINNING + random.between(20_000, 30_000));
    const sayWhen = say && ((event: string) => say(`${time.now - BEGINNING} ms: ${event}`));
    const setting: Setting = {
      time,
      random,
      weather,
      rules,
      referee: new Referee(),
      figures: noFigures(),
      say: sayWhen,
    };
    const subjects = drawSubjects(random);
    for (const { stable } of subjects) if (stable !== null) this.registry.add(stable);
    this.subjects = new Map(subjects.map((subject) => [subjectOf(subject), subject]));
    this.outage = Outage.draw(random);
    const freezes = DrawnFreezes.draw(
      random,
      subjects.map(({ game }) => game),
    );

    const leases = new LeaseTable(setting);
    const invariants = new Invariants(setting, () => parts);
    const clearances = new ClearanceBook(rules);
    const desk = new RoutingDesk(() => time.now, rules, this.knownBy(clearances), {
      published: (published) => this.published(published),
    });
    // Draws of its own: worlds in which nothing is certified or revoked are as they would be without it.
    const chance = new Random(seed + LABORATORY_SEEDS);
    const follow = new FollowUps(chance, this.registry);
    const ledger = new ReleaseLedger(
      setting,
      leases,
      desk,
      clearances,
      (subject, due) => follow.planOf(subject, due),
      invariants,
    );
    const telemetry = new TelemetryLog(setting, leases, invariants);
    const target = new DeploymentTarget(setting, invariants);
    const bus = new MessageBus(setting);
    const effects = new EffectDesk(setting, this.registry, target, desk, leases, invariants);
    const world = { setting, leases, ledger, desk, telemetry, effects, freezes, watch: invariants };
    this.fleet = new Fleet(
      setting,
      (replica) => portsOf(world, replica),
      () => (this.isStirred = true),
    );
    const api = new DeployerApi(setting, this.fleet, ledger, freezes, bus);
    this.laboratory = new Laboratory(
      setting,
      chance,
      this.registry,
      [...this.subjects.keys()],
      bus,
      chance.pick([Infinity, Infinity, 3_000, 1_500]),
    );
    new Migrator(setting, this.registry, ledger, bus);
    this.flags = new FlagService(setting, bus);
    this.operators = new Operators(setting, ledger, api, random.pick([Infinity, Infinity, 6_000, 2_500]));
    this.accidents = new Accidents(setting, ledger, api, random.pick([Infinity, Infinity, Infinity, 15_000]));
    this.arrivals = new Arrivals(
      setting,
      subjects,
      this.registry,
      (subject) => desk.subject(subject)?.stable ?? null,
      (plan) => ledger.queue(plan, { name: 'the registry', seenSince: null }),
    );
    this.gateways = ['west', 'east', 'north']
      .slice(0, random.pick([1, 2, 2, 3]))
      .map((name) => new Gateway(name, setting, desk, telemetry, this, invariants));
    this.reports = new DepositReports(setting, ledger, telemetry, this);
    this.ending = new Ending(setting.referee, { ledger, desk, target, flags: this.flags });
    this.setting = setting;
    this.invariants = invariants;
    this.ledger = ledger;
    this.bus = bus;
    this.desk = desk;
    this.target = target;
    const { registry, operators, flags, gateways } = this;
    const parts: Parts = {
      ...{
        ledger,
        desk,
        telemetry,
        target,
        leases,
        freezes,
        registry,
        operators,
        flags,
        gateways,
        clearances,
      },
      conductOf: (commit) => this.conductOfRelease(commit),
      heard: (commit) => this.heard(commit),
    };
  }

  /** To the end, or to the first violation. */
  async run(): Promise<void> {
    const { time, random, referee } = this.setting;
    await Promise.resolve();
    this.furnish();
    this.fleet.start(random.pick([2, 2, 3]));
    for (const gateway of this.gateways) gateway.start();
    new Network(this.setting, this.gateways).start();
    this.arrivals.start();
    this.operators.start();
    this.accidents.start();
    this.laboratory.start();
    this.followClearances();
    this.reports.start();
    this.look();
    while (!this.isOver && referee.violation === null && time.step()) {
      this.setting.figures.steps += 1;
      if (!this.isStirred) continue;
      this.isStirred = false;
      await settled();
    }
  }

  launches(subject: string): number {
    return this.subjects.get(subject)!.launches;
  }

  conductOf(subject: string, version: string): Conduct | null {
    if (!this.target.runs({ environment: 'production', subject, version })) return null;
    const [provider, game] = subject.split('/') as [string, string];
    let { conduct } = this.registry.find({ provider, game, version })!;
    // A flag changes how the stable version behaves; the last one says how.
    for (const id of this.flags.releasesOn()) {
      const { plan } = this.ledger.get(id)!.release.state;
      if (
        plan.strategy === 'flag' &&
        subjectOf(plan) === subject &&
        this.desk.subject(subject)?.stable === version
      )
        conduct = this.registry.find(plan)!.conduct;
    }
    return this.outage?.at(this.setting.time.now, conduct) ?? conduct;
  }

  private conductOfRelease({ after }: Commit): Conduct {
    const { plan } = after.release.state;
    const { conduct } = this.registry.find(plan)!;
    // What a flag does is seen through the stable version, which may have faults of its own, and an outage through all.
    const isClouded = plan.strategy === 'flag' || this.outage !== null;
    return isClouded && conduct.kind === 'good' ? { ...conduct, kind: 'middling' } : conduct;
  }

  /** What no message calls for any more is found by looking. */
  private followClearances(): void {
    this.setting.time.after(FOLLOW_EVERY_MS, () => {
      const replica = this.fleet.anyRunning();
      if (replica) for (const id of this.subjects.keys()) this.ledger.queueDue(id);
      this.followClearances();
    });
  }

  private knownBy(clearances: ClearanceBook): KnownOfVersions {
    const find = (subject: string, version: string): GameVersion => {
      const [provider, game] = subject.split('/') as [string, string];
      return this.registry.find({ provider, game, version })!;
    };
    return {
      find,
      cleared: (subject, version) => clearances.cleared(find(subject, version)),
      isRevoked: (subject, version) => clearances.isRevoked(find(subject, version)),
      revokedOf: (subject) =>
        this.registry
          .of(subject)
          .filter((version) => clearances.isRevoked(version))
          .map(({ version }) => version),
      isRolledBack: (subject, version) => {
        const releases = [...this.ledger.all()].filter(
          ({ release: { state } }) => subjectOf(state.plan) === subject && state.plan.version === version,
        );
        return releases.at(-1)?.release.state.phase.kind === 'rolled-back';
      },
    };
  }

  /** What runs, and what is planned, from the beginning. */
  private furnish(): void {
    for (const [id, { provider, game, salt, stable }] of this.subjects) {
      this.desk.addSubject({ provider, game, salt, stable: stable?.version ?? null, canary: null });
      if (stable === null) continue;
      const { version, digest, markets } = stable;
      const endpoint = `http://${game}-${version}.test`;
      this.target.deploy({ environment: 'production', subject: id, version }, 0, { partition: -1, token: 0 });
      this.desk.workloadStarted(id, {
        ...{ version, digest, endpoint },
        manifestUrl: `${endpoint}/manifest.json`,
        markets: [...markets],
      });
    }
    this.desk.publish();
  }

  private published(published: Published): void {
    this.setting.say?.(`snapshot ${published.snapshot.routingVersion} is stored`);
    this.invariants.published(published);
    for (const gateway of this.gateways) gateway.offer(published);
  }

  /** The outbox: what a commit says to others. */
  private heard({ after, told }: Commit): void {
    const releaseId = after.release.id;
    for (const effect of told.decision.effects) {
      const { key } = effect;
      if (effect.kind === 'request-migration') this.bus.send(key, { kind: 'migrate', releaseId });
      if (effect.kind !== 'set-flag') continue;
      const { flag, enabled } = effect;
      this.bus.send(key, { kind: 'set-flag', releaseId, flag, enabled });
    }
    for (const { type } of told.decision.events) {
      const promoted = type === 'rollout.promoted';
      if (promoted || type === 'rollout.rolled_back' || type === 'release.failed')
        this.bus.send(`${releaseId}:${type}`, { kind: 'ended', releaseId, promoted });
    }
  }

  private look(): void {
    const { time, weather } = this.setting;
    time.after(LOOK_EVERY_MS, () => {
      const isTimeOver = time.now > weather.clearsAt + TIME_TO_END_MS;
      if (weather.isClear && (isTimeOver || (this.bus.isQuiet && this.ending.isReached()))) this.end();
      else this.look();
    });
  }

  private end(): void {
    this.isOver = true;
    this.setting.figures.virtualSeconds += (this.setting.time.now - BEGINNING) / 1000;
    for (const { release } of this.ledger.all()) this.countEnd(release.state.phase.kind);
    this.ending.checkAllEnded();
    this.ending.checkNothingLeft();
  }

  private countEnd(kind: Phase['kind']): void {
    const { figures } = this.setting;
    figures.releases += 1;
    if (kind === 'promoted') figures.promoted += 1;
    else if (kind === 'rolled-back') figures.rolledBack += 1;
    else if (kind === 'failed') figures.failed += 1;
    else figures.waiting += 1;
  }
}
