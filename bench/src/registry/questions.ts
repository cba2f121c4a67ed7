import type { RegistryProcess } from './registry-process';
import { marketOf, providerOf, type CatalogueSize } from './seed';

/** As many as ask at once. */
const ASKERS = 4;

/** What operators, the console and other services ask, each for another game every time. */
export function questionsOf({ games, versions, markets }: CatalogueSize): Record<string, () => string> {
  const below = (limit: number): number => Math.floor(Math.random() * limit);
  const subject = (): string => {
    const game = below(games);
    return `provider=${providerOf(game)}&game=game-${game}`;
  };
  const market = (): string => marketOf(below(markets));
  return {
    eligibility: () => `/v1/eligibility?${subject()}&market=${market()}`,
    eligibilityOfVersion: () =>
      `/v1/eligibility?${subject()}&market=${market()}&version=1.${1 + below(versions)}.0`,
    games: () => `/v1/games?cursor=${providerOf(below(50))}/game&limit=50`,
    gamesByWords: () => `/v1/games?q=${['lucky', 'drag*', 'golden%20tiger', 'ruby%207*'][below(4)]}&limit=50`,
    gamesByMarket: () => `/v1/games?market=${market()}&currency=BTC&limit=50`,
    versionsOfGame: () => {
      const game = below(games);
      return `/v1/games/${providerOf(game)}/game-${game}/versions?limit=20`;
    },
    versionsByWords: () => `/v1/versions?q=${['mends%20raven', 'comet', 'wild%20moon'][below(3)]}&limit=50`,
    versionsByFacts: () =>
      `/v1/versions?clearedIn=${market()}&language=mt&pool=${['production', 'candidate'][below(2)]}&limit=50`,
    versionsInProduction: () => `/v1/versions?pool=production&provider=${providerOf(below(50))}&limit=50`,
    whereNow: () => `/v1/where?pool=production&provider=${providerOf(below(50))}&limit=50`,
    whereThen: () => {
      const then = new Date(Date.now() - (11 + below(18)) * 24 * 60 * 60_000);
      return `/v1/where?${subject()}&at=${then.toISOString()}`;
    },
    impact: () => {
      const game = below(games);
      return `/v1/versions/${encodeURIComponent(`${providerOf(game)}/game-${game}@1.${versions}.0`)}/impact`;
    },
  };
}

/** Milliseconds of each answer. */
export async function ask(
  registry: RegistryProcess,
  question: () => string,
  times: number,
): Promise<number[]> {
  const delays: number[] = [];
  let left = times;
  const asker = async (): Promise<void> => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await registry.get(question());
      delays.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: ASKERS }, asker));
  return delays.sort((a, b) => a - b);
}
