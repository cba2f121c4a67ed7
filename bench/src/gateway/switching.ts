import { setTimeout as pause } from 'node:timers/promises';
import type { Launch, SubjectRoute } from '@croupier/contracts';
import { MARKETS, routedVersion, routeOf } from './catalog';
import type { DeployerStub } from './deployer-stub';
import type { GatewayUnderTest } from './gateway-under-test';
import { wrk, type WrkRequest } from './wrk';

export interface SwitchingReport {
  readonly switches: number;
  readonly requests: number;
  readonly failed: number;
  readonly p99Ms: number;
  /** The most that the measured share of green differed from the one that was set, in percentage points. */
  readonly offPercent: number;
}

const GAME = { provider: 'switching', game: 'lucky-sevens' };
const SALT = 20_261;
const SWITCH_EVERY_MS = 100;
/** Of green. From one to the next is a step of a canary, a rollback, or a blue-green switch of everything. */
const SHARES_PERCENT = [5, 10, 25, 50, 100, 0, 100, 0, 75, 33];
const PLAYERS = 60_000;
const SESSIONS = 500;
const CONNECTIONS = 64;
/** One in so many requests plays; the others launch. */
const PLAY_EVERY = 5;

/** Changes what is dealt ten times a second under load, and puts new workers in the place of the old ones meanwhile. */
export async function switching(
  gateway: GatewayUnderTest,
  deployer: DeployerStub,
  endpoint: string,
  seconds: number,
): Promise<SwitchingReport> {
  const blue = routedVersion('1.0.0', endpoint);
  const green = routedVersion('2.0.0', endpoint);
  const sharesByVersion = new Map<number, number>();
  const deal = (percent: number): void => {
    // All of it is how a blue-green switch is told, and part of it how a canary is.
    const route: Pick<SubjectRoute, 'stable'> & Partial<SubjectRoute> =
      percent === 100
        ? { stable: green, draining: [blue] }
        : percent === 0
          ? { stable: blue, draining: [green] }
          : { stable: blue, canary: green, canaryBuckets: percent * 100 };
    deployer.change([routeOf(GAME, SALT, route)]);
    sharesByVersion.set(deployer.routingVersion, percent);
  };
  deal(50);
  await gateway.deals(launchPath(0));
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, (_, index) => launch(gateway, index)));
  const requests = Array.from({ length: PLAYERS }, (_, index): WrkRequest =>
    index % PLAY_EVERY === 0 ? playOf(sessions[index % SESSIONS] as Launch) : { path: launchPath(index) },
  );

  const load = wrk({ url: gateway.url, seconds, connections: CONNECTIONS, requests });
  const startedAt = performance.now();
  const elapsedMs = (): number => performance.now() - startedAt;
  let switches = 0;
  let replaced = false;
  while (elapsedMs() < seconds * 1000) {
    deal(SHARES_PERCENT[switches % SHARES_PERCENT.length] as number);
    switches += 1;
    if (!replaced && elapsedMs() > seconds * 300) {
      gateway.replaceWorkers();
      replaced = true;
    }
    await pause(SWITCH_EVERY_MS);
  }
  const report = await load;
  await pause(1_000);
  return {
    switches,
    requests: report.requests,
    failed: report.failed,
    p99Ms: report.p99Ms,
    offPercent: furthestOff(deployer, green.version, sharesByVersion),
  };
}

/** Over all windows that were dealt by the same share. */
function furthestOff(deployer: DeployerStub, green: string, shares: ReadonlyMap<number, number>): number {
  const dealt = new Map<number, { all: number; green: number }>();
  for (const { provider, version, launches, routingVersion } of deployer.counts) {
    const percent = shares.get(routingVersion);
    if (percent === undefined || provider !== GAME.provider) continue;
    const sums = dealt.get(percent) ?? { all: 0, green: 0 };
    sums.all += launches;
    if (version === green) sums.green += launches;
    dealt.set(percent, sums);
  }
  return Math.max(...[...dealt].map(([percent, sums]) => Math.abs((100 * sums.green) / sums.all - percent)));
}

function launchPath(index: number): string {
  const market = MARKETS[index % MARKETS.length];
  return `/v1/launch/${GAME.provider}/${GAME.game}?player=player-${index}&market=${market}`;
}

async function launch(gateway: GatewayUnderTest, index: number): Promise<Launch> {
  return (await (await fetch(gateway.url + launchPath(index))).json()) as Launch;
}

function playOf({ playPath, sessionToken }: Launch): WrkRequest {
  return { path: `${playPath}state`, headers: { 'x-croupier-session': sessionToken } };
}
