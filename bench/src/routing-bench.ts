import { bucketOf, compileRoutes, deal } from '@croupier/routing';
import type { Bench, BenchResult } from './bench';
import { bareHttpRate } from './http-limit';
import { ratesOf } from './rate';

const MARKETS = Array.from({ length: 30 }, (_, index) => `US-${String(index).padStart(2, '0')}`);
const PLAYERS = Array.from({ length: 2_000 }, (_, index) => `player-${index}`);

function version(text: string) {
  return {
    version: text,
    digest: '0'.repeat(64),
    manifestUrl: 'http://127.0.0.1/manifest.json',
    endpoint: 'http://127.0.0.1:1',
    markets: MARKETS,
  };
}

function tableOf(games: number) {
  const subjects = Array.from({ length: games }, (_, index) => ({
    provider: `provider-${index % 50}`,
    game: `game-${index}`,
    salt: index,
    stable: version('1.0.0'),
    canary: version('1.1.0'),
    canaryBuckets: 500,
    marketBuckets: {},
    draining: [],
    fallbacks: [],
    revoked: [],
  }));
  return compileRoutes({ routingVersion: 1, subjects });
}

function dealer(games: number): (turn: number) => unknown {
  const table = tableOf(games);
  const names = PLAYERS.map((player, index) => {
    const game = (index * 7919) % games;
    return { player, provider: `provider-${game % 50}`, game: `game-${game}`, market: MARKETS[index % 30]! };
  });
  return (turn) => {
    const { provider, game, player, market } = names[turn % names.length]!;
    return deal(table, provider, game, player, market);
  };
}

/** The dealing decision alone, beside the bucket hash alone and a bare HTTP request. */
export const routingBench: Bench = {
  name: 'routing',
  description: 'launch decisions per second in memory, by catalog size',
  async run(): Promise<BenchResult> {
    const bareHttp = await bareHttpRate();
    const rates = ratesOf({
      hashOnly: (turn) => bucketOf(PLAYERS[turn % PLAYERS.length]!, turn),
      games100: dealer(100),
      games1000: dealer(1_000),
      games10000: dealer(10_000),
    });
    return {
      figures: { bareHttp, ...rates },
      ratios: [
        {
          name: 'decisions over bare hashes',
          value: rates.games1000 / rates.hashOnly,
          goal: { atLeast: 0.2 },
        },
        // The decision takes a twentieth of the time of the least HTTP request at most.
        { name: '10,000 games over bare HTTP', value: rates.games10000 / bareHttp, goal: { atLeast: 20 } },
      ],
    };
  },
};
