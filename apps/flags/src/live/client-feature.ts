import type {
  FlagConstraint,
  FlagDependency,
  FlagDocument,
  FlagStrategy,
  FlagVariant,
} from '@croupier/contracts';
import { settingsIn } from '../flags/flag-settings';

/** A flag in one environment, as Unleash SDKs read it (https://docs.getunleash.io/api/get-all-client-features). */
export interface ClientFeature {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly enabled: boolean;
  readonly stale: boolean;
  readonly impressionData: boolean;
  readonly project: string;
  readonly strategies: readonly ClientStrategy[];
  readonly variants: readonly FlagVariant[];
  readonly dependencies?: readonly FlagDependency[];
}

export type ClientStrategy = Pick<FlagStrategy, 'name' | 'parameters'> &
  Partial<Pick<FlagStrategy, 'constraints' | 'segments' | 'variants'>>;

export interface ClientSegment {
  readonly id: number;
  readonly name: string;
  readonly constraints: readonly FlagConstraint[];
}

/** Everything is in Unleash's default project. */
const PROJECT = 'default';

export function clientFeature(name: string, flag: FlagDocument, environment: string): ClientFeature {
  const { enabled, strategies, variants } = settingsIn(flag, environment);
  const served = strategies.filter(({ disabled }) => disabled !== true);
  return {
    name,
    type: flag.type,
    ...(flag.description === '' ? {} : { description: flag.description }),
    // To SDKs, no strategy at all means everybody: where every one is disabled, nobody is meant.
    enabled: enabled && (served.length > 0 || strategies.length === 0),
    stale: flag.stale,
    impressionData: flag.impressionData,
    project: PROJECT,
    strategies: served.map(clientStrategy),
    variants,
    ...(flag.dependencies.length === 0 ? {} : { dependencies: flag.dependencies }),
  };
}

function clientStrategy({ name, parameters, constraints, segments, variants }: FlagStrategy): ClientStrategy {
  return {
    name,
    parameters,
    constraints,
    ...(segments.length === 0 ? {} : { segments }),
    ...(variants.length === 0 ? {} : { variants }),
  };
}

/** For SDKs that know no segments (before version 4.2 of Unleash's client specification): their constraints in each strategy. */
export function withInlineSegments(
  feature: ClientFeature,
  segments: ReadonlyMap<number, ClientSegment>,
): ClientFeature {
  return {
    ...feature,
    strategies: feature.strategies.flatMap(({ segments: ids = [], ...strategy }) => {
      const known = ids.flatMap((id) => segments.get(id) ?? []);
      // A strategy that lacks a segment matches nobody, and without it would match more than is meant.
      if (known.length < ids.length) return [NOBODY];
      return [
        {
          ...strategy,
          constraints: [...(strategy.constraints ?? []), ...known.flatMap((s) => s.constraints)],
        },
      ];
    }),
  };
}

const NOBODY: ClientStrategy = {
  name: 'userWithId',
  parameters: { userIds: '' },
};
