import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import type { RuntimeMap, ServerSlot } from './haproxy-state';

export const MAP_FILES = {
  /** `provider/game|MARKET`: what is dealt there. */
  routes: 'croupier-routes.map',
  /** `provider/game@version`: its server, for sessions that have begun. */
  versions: 'croupier-versions.map',
  /** Server: the path that its version is under. */
  prefixes: 'croupier-prefixes.map',
} as const;
export const BACKEND = 'versions';

export type MapName = keyof typeof MAP_FILES;

/** What one HAProxy has now. */
export interface HaproxyState {
  readonly servers: readonly ServerSlot[];
  readonly maps: Readonly<Record<MapName, RuntimeMap>>;
}

/** Where a version answers, as HAProxy takes it. */
export interface Endpoint {
  readonly address: string;
  readonly prefix: string;
}

/** In an order in which every request in between is dealt right. */
export interface HaproxyPlan {
  /** Servers that are dealt from now on. */
  readonly before: readonly string[];
  /** One command changes one market of one subject at once. */
  readonly switches: readonly string[];
  /** Servers that nothing is dealt to any more. */
  readonly after: readonly string[];
  readonly slots: ReadonlyMap<string, string>;
}

/**
 * The commands from what HAProxy has to what it should have.
 * @param endpoints of the versions' `endpoint`
 * @throws when there are more versions than server slots
 */
export function planOf(
  routes: readonly SubjectRoute[],
  endpoints: ReadonlyMap<string, Endpoint>,
  state: HaproxyState,
): HaproxyPlan {
  const slots = assigned([...endpoints.values()], state);
  const serverOf = ({ endpoint }: RoutedVersion): string => slots.get(identity(endpoints.get(endpoint)!))!;
  const desired = desiredMaps(routes, endpoints, serverOf);
  const inUse = new Set(slots.values());
  const starting = [...endpoints.values()].filter((endpoint) => !isRunning(state, slots, endpoint));
  const ending = state.servers.filter(({ name, isFree }) => !isFree && !inUse.has(name));
  const { routes: routeMap, versions, prefixes } = state.maps;
  return {
    before: [
      ...additions(prefixes, desired.prefixes),
      ...starting.flatMap((endpoint) => startOf(slots.get(identity(endpoint))!, endpoint)),
      ...additions(versions, desired.versions),
    ],
    switches: [...additions(routeMap, desired.routes), ...removals(routeMap, desired.routes)],
    after: [
      ...removals(versions, desired.versions),
      ...removals(prefixes, desired.prefixes),
      ...ending.map(({ name }) => `set server ${BACKEND}/${name} state maint`),
    ],
    slots,
  };
}

/** Two versions may be on one address, under different paths: each has a slot of its own. */
export function identity({ address, prefix }: Endpoint): string {
  return `${address}${prefix}`;
}

/** Versions keep the slots that they have. */
function assigned(endpoints: readonly Endpoint[], { servers, maps }: HaproxyState): Map<string, string> {
  const slots = new Map<string, string>();
  const held = new Map<string, string>();
  for (const { name, address, isFree } of servers)
    if (!isFree) held.set(`${address}${maps.prefixes.entries.get(name) ?? ''}`, name);
  const free = servers.filter(({ isFree }) => isFree);
  const wanted = [...new Set(endpoints.map(identity))];
  for (const endpoint of wanted.filter((each) => held.has(each))) slots.set(endpoint, held.get(endpoint)!);
  for (const endpoint of wanted.filter((each) => !held.has(each))) {
    const slot = free.shift();
    if (!slot)
      throw new Error(
        `HAProxy has ${servers.length} server slots, and ${wanted.length} versions need one each`,
      );
    slots.set(endpoint, slot.name);
  }
  return slots;
}

function isRunning(
  { servers }: HaproxyState,
  slots: ReadonlyMap<string, string>,
  endpoint: Endpoint,
): boolean {
  const name = slots.get(identity(endpoint));
  return servers.some(
    (server) => server.name === name && server.address === endpoint.address && !server.isFree,
  );
}

function startOf(server: string, { address }: Endpoint): string[] {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  return [
    `set server ${BACKEND}/${server} addr ${host} port ${port}`,
    `set server ${BACKEND}/${server} state ready`,
  ];
}

function desiredMaps(
  routes: readonly SubjectRoute[],
  endpoints: ReadonlyMap<string, Endpoint>,
  serverOf: (version: RoutedVersion) => string,
): Record<MapName, Map<string, string>> {
  const maps = {
    routes: new Map<string, string>(),
    versions: new Map<string, string>(),
    prefixes: new Map<string, string>(),
  };
  for (const route of routes) {
    const subject = `${route.provider}/${route.game}`;
    for (const version of servedVersions(route)) {
      maps.versions.set(`${subject}@${version.version}`, serverOf(version));
      const { prefix } = endpoints.get(version.endpoint)!;
      if (prefix !== '') maps.prefixes.set(serverOf(version), prefix);
    }
    for (const [market, { base, canary, buckets }] of dealtByMarket(route)) {
      const sides = [base, canary].flatMap((version) =>
        version ? [serverOf(version), version.version] : ['', ''],
      );
      maps.routes.set(`${subject}|${market}`, [route.salt, buckets, ...sides].join(','));
    }
  }
  return maps;
}

interface MarketDeal {
  readonly base: RoutedVersion | null;
  readonly canary: RoutedVersion | null;
  readonly buckets: number;
}

/** As the gateway compiles a route: what is revoked, or not certified in the market, is not dealt there. */
function dealtByMarket(route: SubjectRoute): Map<string, MarketDeal> {
  const [stable, ...others] = [route.stable, ...route.fallbacks].filter(
    (each) => !route.revoked.includes(each.version),
  );
  const candidates = [stable, ...others].flatMap((each) => each ?? []);
  const canary = route.canary && !route.revoked.includes(route.canary.version) ? route.canary : null;
  const markets = new Set([...candidates, ...(canary ? [canary] : [])].flatMap((each) => each.markets));
  return new Map(
    [...markets].map((market) => {
      const isServed = canary?.markets.includes(market) ?? false;
      const buckets = isServed ? (route.marketBuckets[market] ?? route.canaryBuckets) : 0;
      return [
        market,
        {
          base: candidates.find((each) => each.markets.includes(market)) ?? null,
          canary: buckets > 0 ? canary : null,
          buckets,
        },
      ];
    }),
  );
}

/** All that players may be on. */
export function servedVersions(route: SubjectRoute): RoutedVersion[] {
  const all = [route.stable, ...(route.canary ? [route.canary] : []), ...route.fallbacks, ...route.draining];
  return all.filter(({ version }) => !route.revoked.includes(version));
}

function additions({ id, entries }: RuntimeMap, desired: ReadonlyMap<string, string>): string[] {
  return [...desired].flatMap(([key, value]) => {
    if (entries.get(key) === value) return [];
    return entries.has(key) ? `set map #${id} ${key} ${value}` : `add map #${id} ${key} ${value}`;
  });
}

function removals({ id, entries }: RuntimeMap, desired: ReadonlyMap<string, string>): string[] {
  return [...entries.keys()].flatMap((key) => (desired.has(key) ? [] : `del map #${id} ${key}`));
}
