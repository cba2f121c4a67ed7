import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import { isEnded } from '@croupier/rollout';
import { BUCKETS, deal, type Dealt, type RoutingTable } from '@croupier/routing';
import type { DeploymentTarget } from '../outside/deployment-target';
import { MARKETS, subjectOf } from '../scenario/game-version';
import type { Registry } from '../scenario/registry';
import type { ReleaseLedger } from '../stores/release-ledger';
import type { ReleaseRow } from '../stores/release-row';
import type { Published } from '../stores/routing-desk';
import type { Referee } from './referee';

export interface DealingWitnesses {
  readonly ledger: ReleaseLedger;
  readonly registry: Registry;
  readonly target: DeploymentTarget;
}

/** Players whose dealing is watched, in each market. */
const PLAYERS = Array.from({ length: 24 }, (_, index) => `player-${index}`);

/** Who gets what, snapshot by snapshot, by the gateways' own tables. */
export class Dealing {
  private before: Published | null = null;
  /** Releases whose weight has been set back to nothing, for good. */
  private readonly withdrawn = new Set<string>();

  constructor(
    private readonly referee: Referee,
    private readonly witnesses: () => DealingWitnesses,
  ) {}

  published(after: Published): void {
    const { before } = this;
    for (const route of after.snapshot.subjects) {
      this.checkShares(route);
      this.checkVersions(route);
      this.checkOwner(before, after, route);
    }
    if (before !== null) this.checkMoves(before, after, 'the stored snapshot');
    this.before = after;
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
    const { canary, stable } = route;
    for (const routed of canary === null ? [stable] : [stable, canary]) {
      const known = this.witnesses().registry.find({ ...route, version: routed.version });
      const isCertified = routed.markets.every((market) => known?.markets.includes(market));
      if (known?.digest !== routed.digest || !isCertified)
        this.referee.violated('what is dealt is registered and certified', nameOf(route, routed));
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
      const { provider, game, version } = row.release.state.plan;
      const mayMoveOn = isPromoted(row) && this.isReplaced(after.table, subject, version);
      if (mayMoveOn) continue;
      for (const market of MARKETS)
        for (const player of PLAYERS) {
          const had = versionOf(deal(before.table, provider, game, player, market));
          const has = versionOf(deal(after.table, provider, game, player, market));
          if (had === version && has !== version)
            this.referee.violated(
              'players only move from stable to canary',
              `${player} in ${market} had ${subject}@${version} and gets ${has} by ${where}`,
            );
        }
    }
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

function bucketsIn({ canary, canaryBuckets, marketBuckets }: SubjectRoute, market: string): number {
  return canary?.markets.includes(market) ? (marketBuckets[market] ?? canaryBuckets) : 0;
}

function versionOf(dealt: Dealt): string {
  return dealt.kind === 'dealt' ? dealt.version.version : dealt.kind;
}

function nameOf(route: Pick<SubjectRoute, 'provider' | 'game'>, { version }: RoutedVersion): string {
  return `${subjectOf(route)}@${version}`;
}
