/** A figure held against a peer or a limit measured in the same run. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  readonly goal: { readonly atLeast: number } | { readonly atMost: number };
}

export interface BenchResult {
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: readonly Ratio[];
  /** A table of its own for people, where a list of all figures would be too long to read. */
  readonly table?: () => string;
  /** The figures as an SVG. */
  readonly drawing?: () => string;
}

export interface BenchOptions {
  /** Everything once and briefly: shows that it works, and its figures mean little. */
  readonly smoke: boolean;
}

export interface Bench {
  readonly name: string;
  readonly description: string;
  run(options: BenchOptions): BenchResult | Promise<BenchResult>;
}

export function reached({ value, goal }: Ratio): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
