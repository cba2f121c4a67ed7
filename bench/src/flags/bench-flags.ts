/** One flag of the bench, in what both servers take. */
export interface BenchFlag {
  readonly name: string;
  readonly enabled: boolean;
  readonly strategies: readonly {
    readonly name: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly constraints: readonly object[];
    readonly variants: readonly object[];
  }[];
}

export const MARKETS = ['MT', 'GB', 'SE', 'DE', 'US-NJ'];

/**
 * Seven flags of ten are on. Of those, half are as Unleash makes them (all players, by flexibleRollout), and the rest
 * are for half of the players, for some markets, or in two variants.
 */
export function benchFlags(count: number): BenchFlag[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `module-${String(index).padStart(4, '0')}`;
    return { name, enabled: index % 10 < 7, strategies: [strategyOf(name, index)] };
  });
}

function strategyOf(name: string, index: number): BenchFlag['strategies'][number] {
  const rollout = (percent: number, stickiness = 'default') => ({
    name: 'flexibleRollout',
    parameters: { rollout: String(percent), stickiness, groupId: name },
    constraints: [],
    variants: [],
  });
  switch (Math.floor(index / 10) % 6) {
    case 0:
      return rollout(50, 'userId');
    case 1:
      return { ...rollout(100), constraints: [inMarkets(['MT', 'GB'])] };
    case 2:
      return { ...rollout(100), variants: [variant('a'), variant('b')] };
    default:
      return rollout(100);
  }
}

function inMarkets(values: string[]): object {
  return { contextName: 'market', operator: 'IN', values, inverted: false, caseInsensitive: false };
}

function variant(name: string): object {
  return { name, weight: 500, weightType: 'variable', stickiness: 'default' };
}
