import type { ReleaseId, RoutedVersion, RoutingSnapshot, SubjectRoute } from '@croupier/contracts';
import type { DealtVersions, StoredRelease } from '@croupier/orchestrator';
import type { Effect, Weights } from '@croupier/rollout';
import { BUCKETS, compileRoutes, type RoutingTable } from '@croupier/routing';
import { subjectOf } from '../scenario/game-version';

interface Canary {
  readonly version: string;
  readonly weights: Weights;
  readonly releaseId: ReleaseId;
}

export interface DealtSubject {
  readonly provider: string;
  readonly game: string;
  readonly salt: number;
  stable: string | null;
  canary: Canary | null;
}

/** A snapshot with what it was made from. */
export interface Published {
  readonly snapshot: RoutingSnapshot;
  readonly table: RoutingTable;
  readonly at: number;
  /** The release whose canary each subject has. */
  readonly owners: ReadonlyMap<string, ReleaseId>;
}

export interface DeskWatch {
  published(published: Published): void;
}

/** What the gateways deal by: stable, canary and running workloads of each subject, in a snapshot of its own a change. */
export class RoutingDesk {
  private readonly subjects = new Map<string, DealtSubject>();
  private readonly workloads = new Map<string, Map<string, RoutedVersion>>();
  private readonly published: Published[] = [];

  constructor(
    private readonly now: () => number,
    private readonly watch: DeskWatch,
  ) {}

  addSubject(subject: DealtSubject): void {
    this.subjects.set(subjectOf(subject), subject);
    this.workloads.set(subjectOf(subject), new Map());
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

  dealtVersions(_ids: readonly string[]): Map<string, DealtVersions> {
    return new Map();
  }

  apply({ id, state }: StoredRelease, effect: Effect): void {
    const subject = this.subjects.get(subjectOf(state.plan))!;
    const { version } = state.plan;
    if (effect.kind === 'promote-traffic') {
      subject.stable = version;
      subject.canary = null;
    } else if (effect.kind === 'set-weight') {
      const { weights } = effect;
      if (!isNoWeight(weights)) subject.canary = { version, weights, releaseId: id };
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
    for (const [id, { provider, game, salt, stable, canary }] of this.subjects) {
      const running = this.workloads.get(id)!;
      const stableVersion = stable === null ? undefined : running.get(stable);
      if (stableVersion === undefined) continue;
      const canaryVersion = canary === null ? undefined : running.get(canary.version);
      if (canary !== null) owners.set(id, canary.releaseId);
      subjects.push({
        provider,
        game,
        salt,
        stable: stableVersion,
        canary: canaryVersion ?? null,
        canaryBuckets: bucketsOf(canaryVersion && canary ? canary.weights.elsewhere : 0),
        marketBuckets: canaryVersion && canary ? marketBucketsOf(canary.weights) : {},
        draining: [...running.values()].filter((one) => one !== stableVersion && one !== canaryVersion),
        fallbacks: [],
        revoked: [],
      });
    }
    const snapshot = { routingVersion: this.published.length + 1, subjects };
    const published = { snapshot, table: compileRoutes(snapshot), at: this.now(), owners };
    this.published.push(published);
    this.watch.published(published);
    return snapshot.routingVersion;
  }

  get latest(): Published | undefined {
    return this.published.at(-1);
  }

  at(routingVersion: number): Published | undefined {
    return this.published[routingVersion - 1];
  }
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
