import type { ReleaseId, RoutedVersion, RoutingSnapshot, SubjectRoute } from '@croupier/contracts';
import type { DealtVersions, StoredRelease } from '@croupier/orchestrator';
import {
  serviceOf,
  type Canary,
  type Effect,
  type Served,
  type Stood,
  type SubjectStanding,
  type VersionStanding,
  type Weights,
} from '@croupier/rollout';
import { BUCKETS, compileRoutes, type RoutingTable } from '@croupier/routing';
import type { Rules } from '../rules';
import { subjectOf, type GameVersion } from '../scenario/game-version';

interface OwnedCanary extends Canary {
  readonly releaseId: ReleaseId;
}

export interface DealtSubject {
  readonly provider: string;
  readonly game: string;
  readonly salt: number;
  stable: string | null;
  canary: OwnedCanary | null;
}

/** A snapshot with what it was made from. */
export interface Published {
  readonly snapshot: RoutingSnapshot;
  readonly table: RoutingTable;
  readonly at: number;
  /** The release whose canary each subject has. */
  readonly owners: ReadonlyMap<string, ReleaseId>;
}

/** What others know of a subject's versions. */
export interface KnownOfVersions {
  find(subject: string, version: string): GameVersion;
  cleared(subject: string, version: string): string[];
  isRevoked(subject: string, version: string): boolean;
  revokedOf(subject: string): string[];
  /** Its last release was rolled back. */
  isRolledBack(subject: string, version: string): boolean;
}

export interface DeskWatch {
  published(published: Published): void;
}

/** What the gateways deal by: stable, canary and running workloads of each subject, in a snapshot of its own a change. */
export class RoutingDesk {
  private readonly subjects = new Map<string, DealtSubject>();
  private readonly workloads = new Map<string, Map<string, RoutedVersion>>();
  private readonly published: Published[] = [];
  private readonly stood = new Map<string, Map<string, Stood>>();
  private readonly dealtUntil = new Map<string, Map<string, number>>();

  constructor(
    private readonly now: () => number,
    private readonly rules: Rules,
    private readonly known: KnownOfVersions,
    private readonly watch: DeskWatch,
  ) {}

  addSubject(subject: DealtSubject): void {
    const id = subjectOf(subject);
    this.subjects.set(id, subject);
    this.workloads.set(id, new Map());
    this.stood.set(id, new Map());
    this.dealtUntil.set(id, new Map());
    if (subject.stable !== null) this.stands(id, subject.stable, this.known.find(id, subject.stable).markets);
  }

  subject(id: string): DealtSubject | undefined {
    return this.subjects.get(id);
  }

  stableVersions(ids: readonly string[]): Map<string, string> {
    const stable = new Map<string, string>();
    for (const id of ids) {
      const version = this.subjects.get(id)?.stable;
      if (version != null) stable.set(id, version);
    }
    return stable;
  }

  dealtVersions(ids: readonly string[]): Map<string, DealtVersions> {
    return new Map(
      ids.map((id) => [
        id,
        { now: new Set(dealtBy(this.routeOf(id))), until: new Map(this.dealtUntil.get(id)) },
      ]),
    );
  }

  /** What gateways deal the subject by, once they have heard of it. */
  routeOf(id: string): SubjectRoute | undefined {
    return this.latest?.snapshot.subjects.find((route) => subjectOf(route) === id);
  }

  /** Whether new sessions get the version. */
  isDealt(id: string, version: string): boolean {
    return dealtBy(this.routeOf(id)).includes(version);
  }

  clearedOf(id: string, version: string): string[] {
    return this.known.cleared(id, version);
  }

  standingOf(id: string): SubjectStanding {
    const { stable, canary } = this.subjects.get(id)!;
    const running = this.workloads.get(id)!;
    const stood = this.stood.get(id)!;
    const versions = [...new Set([...running.keys(), ...stood.keys()])].map((version): VersionStanding => {
      const cleared = this.known.cleared(id, version);
      const before = stood.get(version);
      return {
        version,
        cleared,
        revoked: this.known.isRevoked(id, version),
        running: running.has(version),
        stood: before === undefined ? null : this.rules.stood(before, cleared),
        rolledBack: this.known.isRolledBack(id, version),
      };
    });
    return { stable, canary, versions };
  }

  /** These markets have been given a release of their own. */
  offer(id: string, version: string, markets: readonly string[]): void {
    const before = this.stood.get(id)!.get(version)!;
    this.stood.get(id)!.set(version, { ...before, offered: [...before.offered, ...markets] });
  }

  /** What is lost and certified again has to be offered again. */
  keepOffered(id: string, version: string, cleared: readonly string[]): void {
    const before = this.stood.get(id)!.get(version);
    if (before === undefined) return;
    const offered = before.offered.filter((market) => cleared.includes(market));
    this.stood.get(id)!.set(version, { ...before, offered });
  }

  private stands(id: string, version: string, markets: readonly string[]): void {
    const before = this.stood.get(id)!.get(version);
    this.stood.get(id)!.set(version, {
      since: this.published.length + 1,
      markets: [...new Set([...(before?.markets ?? []), ...markets])],
      offered: before?.offered ?? [],
    });
  }

  apply({ id, state }: StoredRelease, effect: Effect): void {
    const subject = this.subjects.get(subjectOf(state.plan))!;
    const { version } = state.plan;
    if (effect.kind === 'promote-traffic') {
      subject.stable = version;
      subject.canary = null;
      this.stands(subjectOf(state.plan), version, state.plan.markets ?? []);
    } else if (effect.kind === 'set-weight') {
      const { weights } = effect;
      if (!isNoWeight(weights))
        subject.canary = { version, weights, markets: state.plan.markets ?? null, releaseId: id };
      else if (subject.canary?.releaseId === id) subject.canary = null;
    }
  }

  workloadStarted(subject: string, workload: RoutedVersion): void {
    this.workloads.get(subject)!.set(workload.version, workload);
  }

  /** Sessions are sent there no more. */
  workloadStopping(subject: string, version: string): void {
    if (this.workloads.get(subject)!.delete(version)) this.publish();
  }

  publish(): number {
    const owners = new Map<string, ReleaseId>();
    const subjects: SubjectRoute[] = [];
    for (const [id, { provider, game, salt, canary }] of this.subjects) {
      const running = this.workloads.get(id)!;
      const service = serviceOf(this.standingOf(id));
      if (service.stable === null) continue;
      if (canary !== null) owners.set(id, canary.releaseId);
      const routed = ({ version, markets }: Served): RoutedVersion => ({
        ...running.get(version)!,
        markets: [...markets],
      });
      const dealt = [service.stable, ...(service.canary ? [service.canary] : []), ...service.fallbacks];
      const names = new Set(dealt.map(({ version }) => version));
      subjects.push({
        ...{ provider, game, salt, stable: routed(service.stable) },
        canary: service.canary && routed(service.canary),
        canaryBuckets: bucketsOf(service.weights.elsewhere),
        marketBuckets: marketBucketsOf(service.weights),
        draining: [...running.values()].filter(
          ({ version }) => !names.has(version) && !this.known.isRevoked(id, version),
        ),
        fallbacks: service.fallbacks.map(routed),
        revoked: this.known.revokedOf(id),
      });
    }
    this.noteLeft(subjects);
    const snapshot = { routingVersion: this.published.length + 1, subjects };
    const published = { snapshot, table: compileRoutes(snapshot), at: this.now(), owners };
    this.published.push(published);
    this.watch.published(published);
    return snapshot.routingVersion;
  }

  private noteLeft(after: readonly SubjectRoute[]): void {
    for (const before of this.latest?.snapshot.subjects ?? []) {
      const id = subjectOf(before);
      const still = dealtBy(after.find((route) => subjectOf(route) === id));
      for (const version of dealtBy(before))
        if (!still.includes(version)) this.dealtUntil.get(id)!.set(version, this.now());
    }
  }

  get latest(): Published | undefined {
    return this.published.at(-1);
  }

  at(routingVersion: number): Published | undefined {
    return this.published[routingVersion - 1];
  }
}

/** The versions that new sessions get. */
function dealtBy(route: SubjectRoute | undefined): string[] {
  if (route === undefined) return [];
  return [route.stable, ...(route.canary ? [route.canary] : []), ...route.fallbacks]
    .filter(({ markets }) => markets.length > 0)
    .map(({ version }) => version);
}

/** Which version new sessions get in the market, but for a canary's share. */
export function baseIn({ stable, fallbacks }: SubjectRoute, market: string): RoutedVersion | undefined {
  return [stable, ...fallbacks].find(({ markets }) => markets.includes(market));
}

export function isNoWeight({ elsewhere, markets }: Weights): boolean {
  return elsewhere === 0 && Object.values(markets).every((percent) => percent === 0);
}

function bucketsOf(percent: number): number {
  return Math.round((percent / 100) * BUCKETS);
}

function marketBucketsOf({ markets }: Weights): Record<string, number> {
  return Object.fromEntries(Object.entries(markets).map(([market, percent]) => [market, bucketsOf(percent)]));
}
