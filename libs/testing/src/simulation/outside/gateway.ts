import type { SubjectRoute, TelemetryCount } from '@croupier/contracts';
import { BUCKETS } from '@croupier/routing';
import { amount, binomial } from '../clockwork/counts';
import { MARKETS, subjectOf, type Conduct } from '../scenario/game-version';
import type { Setting } from '../setting';
import { CLOCK_SKEW_MS } from '../scenario/clocks';
import { baseIn, type Published, type RoutingDesk } from '../stores/routing-desk';
import type { TelemetryLog } from '../stores/telemetry-log';
import { Players } from './players';

export interface GatewayWatch {
  /** A gateway deals by another snapshot. */
  switched(gateway: Gateway, before: Published | null, after: Published): void;
  /** Sessions are open on a version that the gateway can reach no more. */
  cut(gateway: Gateway, subject: string, version: string, players: Players): void;
}

/** What is true of the versions, whoever knows it. */
export interface Truth {
  /** Mean sessions that begin in a window at one gateway in one market. */
  launches(subject: string): number;
  /** How a version behaves now; null when nothing runs. */
  conductOf(subject: string, version: string): Conduct | null;
}

const WINDOW_MS = 250;

interface Window {
  readonly id: string;
  readonly routingVersion: number;
  readonly startedAt: number;
  readonly counts: readonly TelemetryCount[];
}

/** A gateway: follows the snapshots, deals players, counts what they see, and reports it. */
export class Gateway {
  private incarnation = 0;
  private sequence = 0;
  private unsent: Window[] = [];
  private current: Published | null = null;
  private isUp = false;
  private upSince = 0;
  private reachableFrom = 0;
  private readonly players = new Map<string, Map<string, Players>>();
  private readonly skewMs: number;

  constructor(
    readonly name: string,
    private readonly setting: Setting,
    private readonly desk: RoutingDesk,
    private readonly telemetry: TelemetryLog,
    private readonly truth: Truth,
    private readonly watch: GatewayWatch,
  ) {
    this.skewMs = setting.random.between(-CLOCK_SKEW_MS, CLOCK_SKEW_MS);
  }

  start(): void {
    const { time, random } = this.setting;
    this.comeUp();
    time.after(random.between(1, WINDOW_MS), () => this.closeWindow());
    this.planRestart();
  }

  get id(): string {
    return `${this.name}.${this.incarnation}`;
  }

  get routingVersion(): number {
    return this.current?.snapshot.routingVersion ?? 0;
  }

  /** Since when it has been up and in touch with the deployer, or null when it is not. */
  get inTouchSince(): number | null {
    if (!this.isUp || this.setting.time.now < this.reachableFrom) return null;
    return Math.max(this.upSince, this.reachableFrom);
  }

  playersOn(subject: string, version: string): Players | undefined {
    return this.players.get(subject)?.get(version);
  }

  /** It goes on by what it knows, and keeps what it counts. */
  loseTouch(durationMs: number): void {
    this.reachableFrom = this.setting.time.now + durationMs;
    this.setting.figures.silences += 1;
    this.setting.say?.(`${this.id} is out of touch for ${durationMs} ms`);
    this.fetch();
  }

  /** A snapshot is on its way to it; another may overtake it. */
  offer(published: Published): void {
    const { time, random, weather } = this.setting;
    const isLate = random.chance(weather.now.badPost);
    time.after(isLate ? random.between(100, 2_000) : random.between(1, 40), () => this.take(published));
  }

  private take(published: Published): void {
    if (!this.isUp || this.setting.time.now < this.reachableFrom) return;
    const { routingVersion } = published.snapshot;
    if (!this.setting.rules.replaces(routingVersion, this.routingVersion)) return;
    const before = this.current;
    this.current = published;
    this.setting.say?.(`${this.id} deals by snapshot ${routingVersion}`);
    this.watch.switched(this, before, published);
  }

  private comeUp(): void {
    this.incarnation += 1;
    this.sequence = 0;
    this.unsent = [];
    this.isUp = true;
    this.upSince = this.setting.time.now;
    this.setting.say?.(`${this.id} is up`);
    this.fetch();
  }

  /** Asks for the latest snapshot, once it can. */
  private fetch(): void {
    const { time, random } = this.setting;
    time.after(random.between(1, 40) + Math.max(0, this.reachableFrom - time.now), () => {
      if (this.desk.latest !== undefined) this.take(this.desk.latest);
    });
  }

  private closeWindow(): void {
    this.setting.time.after(WINDOW_MS, () => this.closeWindow());
    if (!this.isUp || this.current === null) return;
    for (const route of this.current.snapshot.subjects) this.deal(route);
    const counts = this.count(this.current);
    this.sequence += 1;
    const id = `${this.id}/${this.sequence}`;
    const startedAt = this.setting.time.now - WINDOW_MS + this.skewMs;
    this.unsent.push({ id, routingVersion: this.routingVersion, startedAt, counts });
    this.post();
  }

  private deal(route: SubjectRoute): void {
    const { random } = this.setting;
    const subject = subjectOf(route);
    const { canary, canaryBuckets, marketBuckets } = route;
    for (const market of MARKETS) {
      const launches = amount(random, this.truth.launches(subject));
      const buckets = canary?.markets.includes(market) ? (marketBuckets[market] ?? canaryBuckets) : 0;
      const onCanary = binomial(random, launches, buckets / BUCKETS);
      if (canary !== null) this.ensurePlayers(subject, canary.version).begin(market, onCanary);
      const base = baseIn(route, market);
      if (base) this.ensurePlayers(subject, base.version).begin(market, launches - onCanary);
    }
  }

  private count({ snapshot }: Published): TelemetryCount[] {
    const counts: TelemetryCount[] = [];
    for (const [subject, versions] of this.players) {
      const [provider, game] = subject.split('/') as [string, string];
      for (const [version, players] of versions) {
        const route = snapshot.subjects.find((each) => subjectOf(each) === subject);
        if (!route || !isReachable(route, version)) {
          // Sessions of what is revoked go on with what their players are dealt now.
          const isMoved = route?.revoked.includes(version) ?? false;
          if (players.open > 0 && !isMoved) this.watch.cut(this, subject, version, players);
          versions.delete(version);
          continue;
        }
        players.play({ provider, game, version }, this.truth.conductOf(subject, version), counts);
      }
    }
    return counts;
  }

  private ensurePlayers(subject: string, version: string): Players {
    const versions = this.players.get(subject) ?? new Map<string, Players>();
    this.players.set(subject, versions);
    const players = versions.get(version) ?? new Players(this.setting);
    versions.set(version, players);
    return players;
  }

  /** Posts what has not been stored yet: at times in vain, twice, late, or the newest first. */
  private post(): void {
    const { time, random, weather } = this.setting;
    const { badPost } = weather.now;
    if (time.now < this.reachableFrom || random.chance(badPost)) return;
    const windows = random.chance(badPost) ? [...this.unsent].reverse() : this.unsent;
    this.unsent = [];
    this.arrive(windows);
    if (random.chance(badPost)) this.arrive(windows);
  }

  private arrive(windows: readonly Window[]): void {
    const { time, random, weather } = this.setting;
    const { badPost } = weather.now;
    const { id } = this;
    time.after(random.chance(badPost) ? random.between(50, 1_500) : random.between(1, 15), () => {
      const commitsAfterMs = random.chance(2 * badPost) ? random.between(5, 1_500) : 0;
      for (const window of windows) {
        this.telemetry.insert({ kind: 'window', ...window }, commitsAfterMs);
        this.telemetry.gatewaySeen(id, window.routingVersion);
      }
    });
  }

  private planRestart(): void {
    const { time, random, weather } = this.setting;
    const { restartEveryMs } = weather.now;
    if (restartEveryMs === Infinity) return;
    time.after(random.waiting(restartEveryMs), () => {
      if (weather.isClear) return;
      this.isUp = false;
      this.setting.figures.gatewayRestarts += 1;
      this.setting.say?.(`${this.id} goes down`);
      // Its disk keeps the last snapshot, or is a new one.
      if (random.chance(0.2)) this.current = null;
      time.after(random.between(200, 3_000), () => this.comeUp());
      this.planRestart();
    });
  }
}

function isReachable(
  { stable, canary, draining, fallbacks, revoked }: SubjectRoute,
  version: string,
): boolean {
  const known = [stable, ...(canary ? [canary] : []), ...fallbacks, ...draining];
  return !revoked.includes(version) && known.some((each) => each.version === version);
}
