import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from 'unleash-client';

export interface Feature {
  readonly name: string;
  readonly description?: string | null;
  readonly enabled: boolean;
  readonly strategies?: readonly Record<string, unknown>[];
  readonly variants?: readonly object[];
  readonly dependencies?: readonly object[];
}

interface Segment {
  readonly id: number;
  readonly constraints: readonly object[];
}

type DeltaEvent =
  | {
      readonly type: 'hydration';
      readonly features: readonly Feature[];
      readonly segments: readonly Segment[];
    }
  | { readonly type: 'feature-updated'; readonly feature: Feature }
  | { readonly type: 'feature-removed'; readonly featureName: string }
  | { readonly type: 'segment-updated'; readonly segment: Segment }
  | { readonly type: 'segment-removed'; readonly segmentId: number };

/** One thing to do to the flags, so that they come to stand as a specification has them. */
export type Instruction =
  | { readonly kind: 'segment'; readonly segment: Segment }
  | { readonly kind: 'feature'; readonly feature: Feature }
  | { readonly kind: 'remove'; readonly name: string };

export interface Specification {
  readonly name: string;
  readonly instructions: readonly Instruction[];
  readonly tests: readonly {
    readonly description: string;
    readonly context: Context;
    readonly toggleName: string;
    readonly expectedResult: boolean;
  }[];
  readonly variantTests: readonly {
    readonly description: string;
    readonly context: Context;
    readonly toggleName: string;
    readonly expectedResult: object;
  }[];
}

interface SpecificationFile extends Partial<Pick<Specification, 'tests' | 'variantTests'>> {
  readonly name: string;
  readonly state: {
    readonly features?: readonly Feature[];
    readonly segments?: readonly Segment[];
    readonly events?: readonly DeltaEvent[];
  };
}

/** All of `@unleash/client-specification` (https://github.com/Unleash/client-specification). */
export function specifications(): Specification[] {
  const folder = join(dirname(require.resolve('@unleash/client-specification')), 'specifications');
  const json = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return (json('index.json') as string[]).map((file) => {
    const { name, state, tests = [], variantTests = [] } = json(file) as SpecificationFile;
    return { name, instructions: instructionsOf(state), tests, variantTests };
  });
}

function instructionsOf({
  features = [],
  segments = [],
  events = [],
}: SpecificationFile['state']): Instruction[] {
  const hydration = { type: 'hydration', features, segments } as const;
  return [hydration, ...events].flatMap((event): Instruction[] => {
    switch (event.type) {
      case 'hydration':
        return [
          ...event.segments.map((segment) => ({ kind: 'segment', segment }) as const),
          ...event.features.map((feature) => ({ kind: 'feature', feature }) as const),
        ];
      case 'feature-updated':
        return [{ kind: 'feature', feature: event.feature }];
      case 'feature-removed':
        return [{ kind: 'remove', name: event.featureName }];
      case 'segment-updated':
        return [{ kind: 'segment', segment: event.segment }];
      case 'segment-removed':
        return [];
      default:
        return event satisfies never;
    }
  });
}

/** What the operators' API takes of a feature; ids of segments are those that it has given. */
export function ordersOf(feature: Feature, segmentIds: ReadonlyMap<number, number>) {
  const strategies = (feature.strategies ?? []).map(({ segments, ...strategy }): Strategy => ({
    ...strategy,
    segments: ((segments ?? []) as number[]).map((id) => segmentIds.get(id) ?? UNKNOWN_SEGMENT),
  }));
  return {
    flag: {
      description: feature.description ?? '',
      dependencies: feature.dependencies ?? [],
    },
    settings: { enabled: feature.enabled, strategies, variants: feature.variants ?? [] },
  };
}

interface Strategy {
  readonly segments: readonly number[];
  readonly constraints?: unknown;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly variants?: readonly object[];
}

const UNKNOWN_SEGMENT = 2_000_000_000;
