import type { RoutedVersion, RoutingSnapshot, SubjectRoute } from '@croupier/contracts';

export const MARKETS = Array.from({ length: 30 }, (_, index) => `US-${String(index).padStart(2, '0')}`);
const PROVIDERS = 50;
/** 5 % of the players, so that both sides of a decision are taken. */
const CANARY_BUCKETS = 500;
/** One game of so many has a rollout under way. */
const GAMES_PER_ROLLOUT = 20;

export interface Game {
  readonly provider: string;
  readonly game: string;
}

export function gamesOf(count: number): Game[] {
  return Array.from({ length: count }, (_, index) => ({
    provider: `provider-${index % PROVIDERS}`,
    game: `game-${index}`,
  }));
}

export function routedVersion(version: string, endpoint: string): RoutedVersion {
  const manifestUrl = `https://cdn.provider.test/releases/${version}/manifest.json`;
  return { version, digest: '0'.repeat(64), manifestUrl, endpoint, markets: MARKETS };
}

export function routeOf(
  game: Game,
  salt: number,
  change: Pick<SubjectRoute, 'stable'> & Partial<SubjectRoute>,
): SubjectRoute {
  return {
    ...game,
    salt,
    canary: null,
    canaryBuckets: 0,
    marketBuckets: {},
    draining: [],
    fallbacks: [],
    revoked: [],
    ...change,
  };
}

/** A stable version of each game, and a canary of every twentieth, all of them in all markets. */
export function catalogOf(routingVersion: number, games: readonly Game[], endpoint: string): RoutingSnapshot {
  const stable = routedVersion('1.0.0', endpoint);
  const canary = routedVersion('1.1.0', endpoint);
  const subjects = games.map((game, salt) =>
    salt % GAMES_PER_ROLLOUT === 0
      ? routeOf(game, salt, { stable, canary, canaryBuckets: CANARY_BUCKETS })
      : routeOf(game, salt, { stable }),
  );
  return { routingVersion, subjects };
}
