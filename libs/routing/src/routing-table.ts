import type { RoutedVersion, RoutingSnapshot, RoutingUpdate, SubjectRoute } from '@croupier/contracts';
import { bucketOf } from './bucket';

/** What a new session gets. */
export type Dealt =
  | { readonly kind: 'dealt'; readonly version: RoutedVersion; readonly role: 'stable' | 'canary' }
  | { readonly kind: 'unknown-subject' }
  | { readonly kind: 'market-not-certified' };

/** Where an open session goes on. `draining` versions take no new session. */
export interface PinnedVersion {
  readonly version: RoutedVersion;
  readonly role: 'stable' | 'canary' | 'draining';
}

/** A snapshot made ready for lookup. It never changes: a newer snapshot makes a new table. */
export interface RoutingTable {
  readonly routingVersion: number;
  /** Provider, then game: two lookups join no strings. */
  readonly subjects: ReadonlyMap<string, ReadonlyMap<string, CompiledSubject>>;
}

interface CompiledSubject {
  readonly salt: number;
  readonly canaryBuckets: number;
  /** Null in most cases: no wave is under way. */
  readonly marketBuckets: ReadonlyMap<string, number> | null;
  readonly stable: DealableVersion;
  readonly canary: DealableVersion | null;
  readonly pinned: ReadonlyMap<string, PinnedVersion>;
}

interface DealableVersion {
  readonly markets: ReadonlySet<string>;
  /** The one answer every player dealt this version gets, so that dealing allocates nothing. */
  readonly dealt: Dealt;
}

const UNKNOWN_SUBJECT: Dealt = Object.freeze({ kind: 'unknown-subject' });
const MARKET_NOT_CERTIFIED: Dealt = Object.freeze({ kind: 'market-not-certified' });

/** @throws when two routes are of the same subject: no order between them would be right. */
export function compileRoutes(snapshot: RoutingSnapshot): RoutingTable {
  const subjects = new Map<string, Map<string, CompiledSubject>>();
  for (const route of snapshot.subjects) {
    const games = subjects.get(route.provider) ?? new Map<string, CompiledSubject>();
    if (games.has(route.game)) throw new Error(`${route.provider}/${route.game} is routed twice`);
    subjects.set(route.provider, games.set(route.game, compileSubject(route)));
  }
  return Object.freeze({ routingVersion: snapshot.routingVersion, subjects });
}

/** A new table with the changes; what has not changed is shared with the old one. */
export function updateRoutes(
  table: RoutingTable,
  { routingVersion, subjects, gone }: RoutingUpdate,
): RoutingTable {
  const updated = new Map(table.subjects);
  const copied = new Map<string, Map<string, CompiledSubject>>();
  const gamesOf = (provider: string): Map<string, CompiledSubject> => {
    const games = copied.get(provider) ?? new Map(updated.get(provider));
    copied.set(provider, games);
    updated.set(provider, games);
    return games;
  };
  for (const route of subjects) gamesOf(route.provider).set(route.game, compileSubject(route));
  for (const { provider, game } of gone) gamesOf(provider).delete(game);
  return Object.freeze({ routingVersion, subjects: updated });
}

/** Which version a new session of this player gets in this market. */
export function deal(
  table: RoutingTable,
  provider: string,
  game: string,
  player: string,
  market: string,
): Dealt {
  const subject = table.subjects.get(provider)?.get(game);
  if (subject === undefined) return UNKNOWN_SUBJECT;
  const { stable, canary } = subject;
  if (canary?.markets.has(market) && bucketOf(player, subject.salt) < bucketsIn(subject, market))
    return canary.dealt;
  return stable.markets.has(market) ? stable.dealt : MARKET_NOT_CERTIFIED;
}

/** The version a session was pinned to, while it is still routed in whatever role. */
export function findVersion(
  table: RoutingTable,
  provider: string,
  game: string,
  version: string,
): PinnedVersion | undefined {
  return table.subjects.get(provider)?.get(game)?.pinned.get(version);
}

function compileSubject(route: SubjectRoute): CompiledSubject {
  const pinned = new Map<string, PinnedVersion>();
  const pin = (routed: RoutedVersion, role: PinnedVersion['role']): RoutedVersion => {
    const version = freeze(routed);
    pinned.set(version.version, Object.freeze({ version, role }));
    return version;
  };
  // The role that takes new sessions is told last, and so wins over draining.
  for (const draining of route.draining) pin(draining, 'draining');
  const canary = route.canary && dealable(pin(route.canary, 'canary'), 'canary');
  const stable = dealable(pin(route.stable, 'stable'), 'stable');
  const { salt, canaryBuckets } = route;
  const waves = Object.entries(route.marketBuckets);
  const marketBuckets = waves.length === 0 ? null : new Map(waves);
  return Object.freeze({ salt, canaryBuckets, marketBuckets, stable, canary, pinned });
}

function bucketsIn({ canaryBuckets, marketBuckets }: CompiledSubject, market: string): number {
  return marketBuckets === null ? canaryBuckets : (marketBuckets.get(market) ?? canaryBuckets);
}

function dealable(version: RoutedVersion, role: 'stable' | 'canary'): DealableVersion {
  return Object.freeze({
    markets: new Set(version.markets),
    dealt: Object.freeze({ kind: 'dealt', version, role }),
  });
}

/** A copy that neither the snapshot's owner nor a caller can change. */
function freeze(version: RoutedVersion): RoutedVersion {
  const markets = Object.freeze([...version.markets]) as string[];
  return Object.freeze({ ...version, markets });
}
