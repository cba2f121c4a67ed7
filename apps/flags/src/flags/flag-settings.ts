import type { FlagDocument, FlagPatch, FlagSettings, FlagStrategy, SettingsPatch } from '@croupier/contracts';

/** On for everybody. */
const EVERYBODY: FlagStrategy = {
  name: 'default',
  parameters: {},
  constraints: [],
  segments: [],
  variants: [],
};

const UNTOUCHED: FlagSettings = { enabled: false, strategies: [EVERYBODY], variants: [] };

const NEW_FLAG: FlagDocument = {
  type: 'release',
  description: '',
  impressionData: false,
  stale: false,
  dependencies: [],
  environments: {},
};

/** Off where nobody has set anything. */
export function settingsIn(flag: FlagDocument | null, environment: string): FlagSettings {
  return flag?.environments[environment] ?? UNTOUCHED;
}

/** The flag is made when there is none. */
export function withSettings(
  flag: FlagDocument | null,
  environment: string,
  patch: SettingsPatch,
): FlagDocument {
  const { environments, ...rest } = flag ?? NEW_FLAG;
  const settings = { ...settingsIn(flag, environment), ...defined(patch) };
  return { ...rest, environments: { ...environments, [environment]: settings } };
}

export function withPatch(flag: FlagDocument | null, patch: FlagPatch): FlagDocument {
  return { ...(flag ?? NEW_FLAG), ...defined(patch) };
}

/** Off in every environment, and otherwise as it was. */
export function switchedOff(flag: FlagDocument): FlagDocument {
  return Object.keys(flag.environments).reduce(
    (changed, environment) => withSettings(changed, environment, { enabled: false }),
    flag,
  );
}

export function environmentsOn(flag: FlagDocument | null): string[] {
  return Object.entries(flag?.environments ?? {}).flatMap(([name, { enabled }]) => (enabled ? [name] : []));
}

function defined<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
