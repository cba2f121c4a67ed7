import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { SubjectRoute } from '@croupier/contracts';
import { TrafficRouter, type RouterReport } from '../traffic-router';
import { HaproxyConfig } from './haproxy-config';
import {
  BACKEND,
  identity,
  MAP_FILES,
  planOf,
  servedVersions,
  type Endpoint,
  type HaproxyState,
  type MapName,
} from './haproxy-plan';
import { entriesOf, mapIdOf, serversOf, type RuntimeMap, type ServerSlot } from './haproxy-state';
import { RuntimeSocket } from './runtime-socket';
import { withoutSlash } from '../../without-slash';

/** HAProxy processes, each told over its runtime socket. Nothing is written to a file, and nothing reloaded. */
@Injectable()
export class HaproxyRouter extends TrafficRouter {
  readonly name = 'haproxy';
  private readonly sockets: readonly RuntimeSocket[];

  constructor(config: HaproxyConfig) {
    super();
    this.sockets = config.sockets.map((address) => new RuntimeSocket(address));
  }

  async reconcile(routes: readonly SubjectRoute[]): Promise<RouterReport> {
    if (this.sockets.length === 0)
      throw new Error('HAPROXY_SOCKETS says which processes to tell, and is not set');
    const endpoints = await endpointsOf(routes);
    const reports = await Promise.all(this.sockets.map((socket) => reconcileOne(socket, routes, endpoints)));
    return {
      changes: reports.reduce((sum, { changes }) => sum + changes, 0),
      unhealthy: [...new Set(reports.flatMap(({ unhealthy }) => unhealthy))],
    };
  }
}

async function reconcileOne(
  socket: RuntimeSocket,
  routes: readonly SubjectRoute[],
  endpoints: ReadonlyMap<string, Endpoint>,
): Promise<RouterReport> {
  const state = await readState(socket);
  const plan = planOf(routes, endpoints, state);
  await socket.change(plan.before);
  await socket.change(plan.switches);
  await socket.change(plan.after);
  return {
    changes: plan.before.length + plan.switches.length + plan.after.length,
    unhealthy: unhealthyOf(routes, endpoints, plan.slots, state.servers),
  };
}

async function readState(socket: RuntimeSocket): Promise<HaproxyState> {
  const [listed, servers] = await Promise.all([
    socket.ask('show map'),
    socket.ask(`show servers state ${BACKEND}`),
  ]);
  const names = Object.keys(MAP_FILES) as MapName[];
  const maps = await Promise.all(
    names.map(async (name): Promise<[MapName, RuntimeMap]> => {
      const id = mapIdOf(listed, MAP_FILES[name]);
      return [name, { id, entries: entriesOf(await socket.ask(`show map #${id}`)) }];
    }),
  );
  return {
    servers: serversOf(servers, BACKEND),
    maps: Object.fromEntries(maps) as HaproxyState['maps'],
  };
}

/** Of those that were dealt before already: a server that has just begun has not been checked. */
function unhealthyOf(
  routes: readonly SubjectRoute[],
  endpoints: ReadonlyMap<string, Endpoint>,
  slots: ReadonlyMap<string, string>,
  servers: readonly ServerSlot[],
): string[] {
  const down = new Set(servers.filter(({ isFree, isUp }) => !isFree && !isUp).map(({ name }) => name));
  return routes.flatMap((route) =>
    servedVersions(route)
      .filter(({ endpoint }) => down.has(slots.get(identity(endpoints.get(endpoint)!))!))
      .map(({ version }) => `${route.provider}/${route.game}@${version}`),
  );
}

/** HAProxy takes addresses and no names over its socket. */
async function endpointsOf(routes: readonly SubjectRoute[]): Promise<Map<string, Endpoint>> {
  const urls = new Set(routes.flatMap((route) => servedVersions(route).map(({ endpoint }) => endpoint)));
  const resolved = [...urls].map(async (text): Promise<[string, Endpoint]> => {
    const { protocol, hostname, port, pathname } = new URL(text);
    if (protocol !== 'http:') throw new Error(`${text} cannot be dealt by HAProxy: only http: is`);
    const host = isIP(hostname) ? hostname : (await lookup(hostname, 4)).address;
    return [text, { address: `${host}:${port || '80'}`, prefix: withoutSlash(pathname) }];
  });
  return new Map(await Promise.all(resolved));
}
