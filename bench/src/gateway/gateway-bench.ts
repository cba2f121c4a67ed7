import { join } from 'node:path';
import type { Launch } from '@croupier/contracts';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { Bench, BenchOptions, BenchResult } from '../bench';
import { freePort } from '@croupier/persistence';
import { median } from '../order-statistics';
import { ServerProgram } from '../server-program';
import { catalogOf, gamesOf, MARKETS, type Game } from './catalog';
import { DeployerStub } from './deployer-stub';
import { GatewayUnderTest } from './gateway-under-test';
import { startHaproxy, startNginx } from './native-server';
import { switching, type SwitchingReport } from './switching';
import { UnleashPeer } from './unleash';
import { haveWrk, wrk, type WrkReport, type WrkRequest } from './wrk';

const CATALOGS = [100, 1_000, 10_000] as const;
const CONNECTIONS = 64;
const REQUESTS = 20_000;
const FULL = { rounds: 15, seconds: 1, switchingSeconds: 30 };
const SMOKE = { rounds: 1, seconds: 1, switchingSeconds: 3 };

type Size = (typeof CATALOGS)[number];
type Contestant = 'bare' | 'nginx' | 'haproxy' | 'unleash' | 'nginxProxy' | 'play' | `launch${Size}`;
type Round = Readonly<Record<Contestant, WrkReport>>;

/** Dealing players over HTTP, beside the least that each kind of server does, and beside a flag service. */
export const gatewayBench: Bench = {
  name: 'gateway',
  description: 'launches a second over HTTP on one worker, by catalog size; switches under load',
  async run(options): Promise<BenchResult> {
    await haveWrk();
    const cleanUp: (() => unknown)[] = [];
    try {
      return await measure(options, (stop) => cleanUp.push(stop));
    } finally {
      for (const stop of cleanUp.reverse()) await stop();
    }
  },
};

async function measure({ smoke }: BenchOptions, later: (stop: () => unknown) => void): Promise<BenchResult> {
  const { rounds, seconds, switchingSeconds } = smoke ? SMOKE : FULL;
  const database = await freshDatabase();
  later(() => database.drop());
  const ports = { hello: await freePort(), proxy: await freePort() };
  const nginx = await startNginx(ports);
  later(() => nginx.stop());
  const endpoint = `http://127.0.0.1:${ports.hello}`;
  const biggest = gamesOf(Math.max(...CATALOGS));
  const haproxyPort = await freePort();
  const haproxy = await startHaproxy(haproxyPort, new Map(biggest.map((game) => [pathOf(game), '1.0.0'])));
  later(() => haproxy.stop());
  const bare = await ServerProgram.start(join(__dirname, 'bare-fastify.js'), {});
  later(() => bare.stop());
  const unleash = await UnleashPeer.start();
  later(() => unleash.stop());

  const gateways = new Map<number, GatewayUnderTest>();
  for (const size of CATALOGS) {
    const { gateway, deployer } = await gatewayWith(database, gamesOf(size), endpoint);
    gateways.set(size, gateway);
    later(() => deployer.stop());
    later(() => gateway.stop());
  }
  const gatewayOf = (size: number): GatewayUnderTest => gateways.get(size) as GatewayUnderTest;

  const launchesAt = (size: Size): Target => ({
    url: gatewayOf(size).url,
    requests: launchesOf(gamesOf(size)),
  });
  const hello: WrkRequest[] = [{ path: '/' }];
  const smallest = gatewayOf(CATALOGS[0]);
  // Those that are held against each other take their turns one after the other.
  const contestants: Record<Contestant, Target> = {
    nginx: { url: endpoint, requests: hello },
    haproxy: { url: `http://127.0.0.1:${haproxyPort}`, requests: launchesOf(biggest) },
    unleash: {
      url: unleash.url,
      requests: Array.from({ length: REQUESTS }, (_, index) => unleash.requestFor(`player-${index}`)),
    },
    nginxProxy: { url: `http://127.0.0.1:${ports.proxy}`, requests: hello },
    play: { url: smallest.url, requests: await playsOf(smallest, gamesOf(CATALOGS[0])) },
    launch100: launchesAt(100),
    launch10000: launchesAt(10_000),
    launch1000: launchesAt(1_000),
    bare: { url: bare.url, requests: hello },
  };
  const measured = await roundsOf(contestants, rounds, seconds);
  const memory = Object.fromEntries(
    await Promise.all(
      CATALOGS.map(async (size) => [size, (await gatewayOf(size).memory()).workerMib] as [number, number]),
    ),
  );
  for (const gateway of gateways.values()) await gateway.stop();

  const { gateway, deployer } = await gatewayWith(database, gamesOf(CATALOGS[1]), endpoint, 2);
  later(() => deployer.stop());
  later(() => gateway.stop());
  return result(measured, memory, await switching(gateway, deployer, endpoint, switchingSeconds));
}

/**
 * In each, all contestants take turns, forth and back, so that none of them always comes after the same other; the
 * one that warms up is left out.
 */
async function roundsOf(
  contestants: Record<Contestant, Target>,
  rounds: number,
  seconds: number,
): Promise<Round[]> {
  const turns = Object.entries(contestants) as Turn[];
  await roundOf(turns, 1);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await roundOf(turns.reverse(), seconds));
  return measured;
}

async function roundOf(turns: readonly Turn[], seconds: number): Promise<Round> {
  const round = {} as Record<Contestant, WrkReport>;
  for (const [name, { url, requests }] of turns) {
    const report = await wrk({ url, requests, connections: CONNECTIONS, seconds });
    if (report.failed > 0) throw new Error(`${name}: ${report.failed} requests failed`);
    round[name] = report;
  }
  return round;
}

interface Target {
  readonly url: string;
  readonly requests: readonly WrkRequest[];
}

type Turn = [name: Contestant, target: Target];

/**
 * The medians of the rounds. A ratio is that of two contestants within a round: what disturbs the machine for a while
 * hits both of them.
 */
function result(
  rounds: readonly Round[],
  memory: Readonly<Record<number, number>>,
  switched: SwitchingReport,
): BenchResult {
  const of = (name: Contestant, figure: 'perSecond' | 'p50Ms' | 'p99Ms'): number =>
    median(rounds.map((round) => round[name][figure]));
  const perSecond = (name: Contestant): number => of(name, 'perSecond');
  const over = (name: Contestant, other: Contestant): number =>
    median(rounds.map((round) => round[name].perSecond / round[other].perSecond));
  return {
    figures: {
      bareFastifyPerSecond: perSecond('bare'),
      nginxReturnPerSecond: perSecond('nginx'),
      haproxyMapPerSecond: perSecond('haproxy'),
      unleashFrontendPerSecond: perSecond('unleash'),
      unleashFrontendP99Ms: of('unleash', 'p99Ms'),
      ...Object.fromEntries(
        CATALOGS.flatMap((size) => [
          [`launches${size}GamesPerSecond`, perSecond(`launch${size}`)],
          [`launches${size}GamesP50Ms`, of(`launch${size}`, 'p50Ms')],
          [`launches${size}GamesP99Ms`, of(`launch${size}`, 'p99Ms')],
          [`worker${size}GamesMib`, memory[size] ?? NaN],
        ]),
      ),
      nginxProxyPerSecond: perSecond('nginxProxy'),
      nginxProxyP99Ms: of('nginxProxy', 'p99Ms'),
      playPerSecond: perSecond('play'),
      playP99Ms: of('play', 'p99Ms'),
      playOverNginxProxy: over('play', 'nginxProxy'),
      switches: switched.switches,
      switchingRequests: switched.requests,
      switchingP99Ms: switched.p99Ms,
    },
    ratios: [
      {
        name: 'launches over bare Fastify',
        value: over('launch1000', 'bare'),
        goal: { atLeast: 0.7 },
      },
      {
        name: "launches over Unleash's frontend API",
        value: over('launch1000', 'unleash'),
        goal: { atLeast: 5 },
      },
      {
        name: '10,000 games over 100 games',
        value: over('launch10000', 'launch100'),
        goal: { atLeast: 0.9 },
      },
      { name: 'requests failed while switching', value: switched.failed, goal: { atMost: 0 } },
      { name: 'split off its weight, in points', value: switched.offPercent, goal: { atMost: 1 } },
    ],
  };
}

async function gatewayWith(
  database: FreshDatabase,
  games: readonly Game[],
  endpoint: string,
  workers = 1,
): Promise<{ gateway: GatewayUnderTest; deployer: DeployerStub }> {
  const deployer = await DeployerStub.start();
  deployer.publish(catalogOf(1, games, endpoint));
  const gateway = await GatewayUnderTest.start({
    databaseUrl: database.url,
    deployerUrl: deployer.url,
    workers,
  });
  await gateway.deals((launchesOf(games)[0] as WrkRequest).path);
  return { gateway, deployer };
}

function pathOf({ provider, game }: Game): string {
  return `/v1/launch/${provider}/${game}`;
}

/** Another game, player and market each time. */
function launchesOf(games: readonly Game[]): WrkRequest[] {
  return Array.from({ length: REQUESTS }, (_, index) => {
    const path = pathOf(games[(index * 7_919) % games.length] as Game);
    const market = MARKETS[(index * 31) % MARKETS.length];
    return { path: `${path}?player=player-${index}&market=${market}` };
  });
}

const SESSIONS = 500;

async function playsOf(gateway: GatewayUnderTest, games: readonly Game[]): Promise<WrkRequest[]> {
  return Promise.all(
    launchesOf(games)
      .slice(0, SESSIONS)
      .map(async ({ path }) => {
        const { playPath, sessionToken } = (await (await fetch(gateway.url + path)).json()) as Launch;
        return { path: `${playPath}state`, headers: { 'x-croupier-session': sessionToken } };
      }),
  );
}
