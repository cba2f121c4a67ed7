import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import { isEnded } from '@croupier/rollout';
import { BUCKETS, deal, type Dealt, type RoutingTable } from '@croupier/routing';
import type { DeploymentTarget } from '../outside/deployment-target';
import { MARKETS, subjectOf } from '../scenario/game-version';
import type { Registry } from '../scenario/registry';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { ReleaseRow } from '../stores/release-row';
import type { ClearanceBook } from '../stores/clearance-book';
import { baseIn, type Published } from '../stores/routing-desk';
import type { Referee } from './referee';

export interface DealingWitnesses {
  readonly ledger: ReleaseLedger;
  readonly registry: Registry;
  readonly target: DeploymentTarget;
  readonly clearances: ClearanceBook;
}

/** Players whose dealing is watched, in each market. */
const PLAYERS = Array.from({ length: 24 }, (_, index) => `player-${index}`);

/** Stable from the beginning, wherever its manifest says. */
const FIRST_VERSION = '1.0.0';

/** Who gets what, snapshot by snapshot, by the gateways' own tables. */
export class Dealing {
  private before: Published | null = null;
  /** Releases whose weight has been set back to nothing, for good. */
  private readonly withdrawn = new Set<string>();
  /** By version's name, as it was when a snapshot was stored: gateways take it up when it may be otherwise again. */
  private readonly certified = new WeakMap<Published, ReadonlyMap<string, readonly string[]>>();

  constructor(
    private readonly referee: Referee,
    private readonly witnesses: () => DealingWitnesses,
  ) {}

  published(after: Published): void {
    const { before } = this;
    this.certified.set(after, this.certifiedNow());
    for (const route of after.snapshot.subjects) {
      this.checkShares(route);
      this.checkVersions(route);
      this.checkOwner(before, after, route);
    }
    if (before !== null) this.checkMoves(before, after, 'the stored snapshot');
    if (before !== null) this.checkMarkets(before, after);
    this.before = after;
  }

  /** A change of clearance is stored: what is dealt now must be right by it already. */
  cleared(subject: string): void {
    const route = this.before?.snapshot.subjects.find((each) => subjectOf(each) === subject);
    if (route) this.checkVersions(route);
  }

  /** The stable version takes over a market that another one serves by a rollout there, unless that one has to go. */
  private checkMarkets(before: Published, after: Published): void {
    for (const route of after.snapshot.subjects) {
      const earlier = before.snapshot.subjects.find((each) => subjectOf(each) === subjectOf(route));
      if (!earlier || earlier.stable.version !== route.stable.version || earlier.canary) continue;
      for (const market of MARKETS) {
        const [had, has] = [baseIn(earlier, market), baseIn(route, market)];
        if (!had || has?.version !== route.stable.version || had.version === has.version) continue;
        const known = this.witnesses().registry.find({ ...route, version: had.version })!;
        const hasToGo = !this.witnesses().clearances.trulyCleared(known).includes(market);
        if (!hasToGo && !this.hasBeenRolledOut(subjectOf(route), has.version, market))
          this.referee.violated(
            'a market changes hands by a rollout',
            `${market} had ${had.version} and gets ${nameOf(route, has)} at once`,
          );
      }
    }
  }

  /** It has been promoted there before, and has its certificate again. */
  private hasBeenRolledOut(subject: string, version: string, market: string): boolean {
    if (version === FIRST_VERSION) return true;
    const { ledger } = this.witnesses();
    return [...ledger.all()].some((row) => {
      const { plan } = row.release.state;
      const isOf = subjectOf(plan) === subject && plan.version === version;
      return isOf && isPromoted(row) && (plan.markets?.includes(market) ?? false);
    });
  }

  /** The same players, at one gateway. */
  switched(gatewayId: string, before: Published | null, after: Published): void {
    if (before !== null) this.checkMoves(before, after, gatewayId);
  }

  private checkShares({ canary, canaryBuckets, marketBuckets, ...route }: SubjectRoute): void {
    for (const buckets of [canaryBuckets, ...Object.values(marketBuckets)])
      if (!Number.isInteger(buckets) || buckets < 0 || buckets > BUCKETS || (canary === null && buckets > 0))
        this.referee.violated('shares sum to 100 %', `${subjectOf(route)} deals ${buckets} buckets`);
  }

  private checkVersions(route: SubjectRoute): void {
    const { canary, stable, fallbacks } = route;
    const { registry, clearances } = this.witnesses();
    for (const version of registry.of(subjectOf(route)))
      if (clearances.isTrulyRevoked(version) && !route.revoked.includes(version.version))
        this.referee.violated('what is revoked has no sessions', nameOf(route, version));
    for (const routed of [stable, ...(canary ? [canary] : []), ...fallbacks]) {
      const known = registry.find({ ...route, version: routed.version });
      const cleared = known ? clearances.trulyCleared(known) : [];
      const isCertified = routed.markets.every((market) => cleared.includes(market));
      if (known?.digest !== routed.digest || !isCertified)
        this.referee.violated('what is dealt is registered and certified', nameOf(route, routed));
      if (routed.markets.length === 0) continue;
      const workload = {
        environment: 'production',
        subject: subjectOf(route),
        version: routed.version,
      } as const;
      if (!this.witnesses().target.runs(workload))
        this.referee.violated('what is dealt runs', nameOf(route, routed));
    }
  }

  /** The canary has the weight that its release has been decided to have, and none once it is rolled back. */
  private checkOwner(before: Published | null, after: Published, route: SubjectRoute): void {
    const subject = subjectOf(route);
    this.noteWithdrawn(before, after, subject);
    const id = after.owners.get(subject);
    if (id === undefined) return;
    const { state } = this.witnesses().ledger.get(id)!.release;
    const earlier = before?.snapshot.subjects.find((other) => subjectOf(other) === subject);
    const hasRisen =
      before?.owners.get(subject) !== id ||
      MARKETS.some((market) => bucketsIn(route, market) > (earlier ? bucketsIn(earlier, market) : 0));
    if (this.withdrawn.has(id) || (hasRisen && isEnded(state)))
      this.referee.violated(
        'no traffic after a rollback',
        `${nameOf(route, route.canary!)} is dealt more, and is ${state.phase.kind}`,
      );
  }

  private noteWithdrawn(before: Published | null, after: Published, subject: string): void {
    const id = before?.owners.get(subject);
    if (id !== undefined && after.owners.get(subject) !== id) this.withdrawn.add(id);
  }

  /** While a rollout goes on, a player who has its canary keeps it. */
  private checkMoves(before: Published, after: Published, where: string): void {
    for (const [subject, id] of before.owners) {
      const row = this.witnesses().ledger.get(id)!;
      if (isRolledBack(row)) continue;
      const { plan } = row.release.state;
      const { provider, game, version } = plan;
      const mayMoveOn = isPromoted(row) && this.isReplaced(after.table, subject, version);
      if (mayMoveOn) continue;
      const certified = this.certified.get(after)!.get(nameOf(plan, plan))!;
      for (const market of MARKETS)
        for (const player of PLAYERS) {
          const had = deal(before.table, provider, game, player, market);
          const has = versionOf(deal(after.table, provider, game, player, market));
          if (isCanary(had, version) && has !== version && certified.includes(market))
            this.referee.violated(
              'players only move from stable to canary',
              `${player} in ${market} had ${subject}@${version} and gets ${has} by ${where}`,
            );
        }
    }
  }

  private certifiedNow(): ReadonlyMap<string, readonly string[]> {
    const { registry, clearances } = this.witnesses();
    return new Map(registry.all().map((known) => [nameOf(known, known), clearances.trulyCleared(known)]));
  }

  /** It was promoted, and a later release has begun to take its place. */
  private isReplaced({ subjects }: RoutingTable, subject: string, version: string): boolean {
    const [provider, game] = subject.split('/') as [string, string];
    const pinned = subjects.get(provider)?.get(game)?.pinned.get(version);
    return pinned?.role !== 'canary';
  }
}

function isRolledBack({ release }: ReleaseRow): boolean {
  return release.state.phase.kind === 'rolled-back';
}

function isPromoted({ release }: ReleaseRow): boolean {
  return release.state.phase.kind === 'promoted';
}

/** The share that was set, whether or not the version is certified there at this moment. */
function bucketsIn({ canaryBuckets, marketBuckets }: SubjectRoute, market: string): number {
  return marketBuckets[market] ?? canaryBuckets;
}

/** Not the same version as a fallback, which gives way when stable is certified in the market again. */
function isCanary(dealt: Dealt, version: string): boolean {
  return dealt.kind === 'dealt' && dealt.role === 'canary' && dealt.version.version === version;
}

function versionOf(dealt: Dealt): string {
  return dealt.kind === 'dealt' ? dealt.version.version : dealt.kind;
}

function nameOf(
  subject: Pick<SubjectRoute, 'provider' | 'game'>,
  { version }: Pick<RoutedVersion, 'version'>,
): string {
  return `${subjectOf(subject)}@${version}`;
}
