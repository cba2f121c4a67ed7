import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RoutedVersion, SubjectRoute } from '@croupier/contracts';
import { bucketOf, compileRoutes, deal } from '@croupier/routing';
import { eventually, freePort, haveProgram, startHaproxy, type RunningHaproxy } from '@croupier/testing';
import { pipelined } from '../../../test/dealt-by-haproxy';
import { runBounded } from '../../programs/run-bounded';
import { HaproxyRouter } from './haproxy-router';
import { RuntimeSocket } from './runtime-socket';

const CONFIG = resolve(__dirname, '../../../../../deploy/haproxy/haproxy.cfg');
const PLAYERS = 100_000;
const WEIGHTS = [0, 100, 500, 1_000, 2_500, 5_000, 10_000];
/** Set it to 30 for the full proof: `npm run test:haproxy`. */
const SWITCH_SECONDS = Number(process.env['SWITCH_SECONDS'] ?? 3);
const SWITCH_EVERY_MS = 100;

describe('the HAProxy router', () => {
  let folder: string;
  let socketFile: string;
  let haproxy: RunningHaproxy;
  let router: HaproxyRouter;
  let servers: Server[] = [];

  /** A version that says its name, under a path of its own. */
  const versionOf = async (version: string, markets = ['MT']): Promise<RoutedVersion> => {
    const server = createServer((request, response) => response.end(`${version} ${request.url}`));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    servers.push(server);
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v/${version}`;
    return {
      version,
      digest: 'd'.repeat(64),
      manifestUrl: 'http://games.test/manifest.json',
      endpoint,
      markets,
    };
  };

  const routeOf = (route: Partial<SubjectRoute> & Pick<SubjectRoute, 'stable'>): SubjectRoute => ({
    provider: 'acme',
    game: 'slots',
    salt: 0xfedcba98,
    canary: null,
    canaryBuckets: 0,
    marketBuckets: {},
    draining: [],
    fallbacks: [],
    revoked: [],
    ...route,
  });

  const play = async (player: string, headers: Record<string, string> = {}): Promise<string> => {
    const market = { 'x-croupier-market': 'MT', ...headers };
    return (await fetch(`${haproxy.url}/acme/slots/spin?player=${player}`, { headers: market })).text();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'croupier-haproxy-'));
    socketFile = join(folder, 'socket');
    haproxy = await startHaproxy(CONFIG, socketFile);
    router = new HaproxyRouter({ sockets: [`unix:${socketFile}`] });
  });

  afterEach(async () => {
    await router.reconcile([]);
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    servers = [];
  });

  afterAll(async () => {
    await haproxy.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it(`deals ${PLAYERS} players the buckets and versions that the gateway deals, at ${WEIGHTS.length} weights`, async () => {
    const stable = await versionOf('1.0.0');
    const canary = await versionOf('1.1.0');
    const players = Array.from(
      { length: PLAYERS },
      (_, index) => `player-${index}${index % 7 === 0 ? '-ż🎰' : ''}`,
    );
    const paths = players.map(
      (player) => `/croupier/dealt/acme/slots?market=MT&player=${encodeURIComponent(player)}`,
    );
    for (const canaryBuckets of WEIGHTS) {
      const route = routeOf({ stable, canary, canaryBuckets });
      await router.reconcile([route]);
      const table = compileRoutes({ routingVersion: 1, subjects: [route] });
      const dealt = await pipelined(haproxy.url, paths);
      const different = players.filter((player, index) => {
        const own = deal(table, 'acme', 'slots', player, 'MT');
        const version = own.kind === 'dealt' ? own.version.version : own.kind;
        return dealt[index] !== `${bucketOf(player, route.salt)} ${canaryBuckets} ${version}\n`;
      });
      expect(different).toEqual([]);
    }
  }, 240_000);

  it('deals by salts of the whole range as the gateway does', async () => {
    const stable = await versionOf('1.0.0');
    for (const salt of [0, 1, 0x7fffffff, 0x80000000, 0x9e3779b1, 0xffffffff]) {
      await router.reconcile([routeOf({ stable, salt })]);
      const [dealt] = await pipelined(haproxy.url, [
        '/croupier/dealt/acme/slots?market=MT&player=player-000042',
      ]);
      expect(dealt).toBe(`${bucketOf('player-000042', salt)} 0 1.0.0\n`);
    }
  });

  it(
    `fails no request while weights change and blue and green switch every ${SWITCH_EVERY_MS} ms, and splits as it is told`,
    async () => {
      await haveProgram('wrk', 'wrk');
      const upstreams = await startUpstreams(folder, ['1.0.0', '2.0.0']);
      const [blue, green] = upstreams.versions as [RoutedVersion, RoutedVersion];
      const steps: Partial<SubjectRoute>[] = [
        { canary: green, canaryBuckets: 500 },
        { canary: green, canaryBuckets: 2_500 },
        { canary: green, canaryBuckets: 5_000 },
        { canary: green, canaryBuckets: 10_000 },
        { stable: green, draining: [blue] },
        { draining: [green] },
      ];
      await router.reconcile([routeOf({ stable: blue, draining: [green] })]);
      const load = runWrk(folder, haproxy.url, SWITCH_SECONDS).finally(() => upstreams.stop());
      let switches = 0;
      const end = Date.now() + SWITCH_SECONDS * 1_000;
      for (; Date.now() < end; switches += 1) {
        const next = Date.now() + SWITCH_EVERY_MS;
        await router.reconcile([routeOf({ stable: blue, ...steps[switches % steps.length] })]);
        await delay(Math.max(0, next - Date.now()));
      }
      const { requests, failed, dealt } = await load;
      const splits = [500, 2_500, 5_000, 10_000].map((buckets) => {
        const [onBlue = 0, onGreen = 0] = ['1.0.0', '2.0.0'].map(
          (version) => dealt[`${buckets} ${version}`] ?? 0,
        );
        return { buckets, requests: onBlue + onGreen, percent: (100 * onGreen) / (onBlue + onGreen) };
      });
      process.stdout.write(
        `${JSON.stringify({ seconds: SWITCH_SECONDS, switches, requests, failed, splits })}\n`,
      );
      expect(failed).toBe(0);
      expect(switches).toBeGreaterThan(SWITCH_SECONDS);
      for (const { buckets, percent, requests: drawn } of splits) {
        // Players are drawn at random: of few, the split strays by chance alone. Four standard deviations.
        const chance = 4 * 100 * Math.sqrt(((buckets / 10_000) * (1 - buckets / 10_000)) / drawn);
        expect(Math.abs(percent - buckets / 100)).toBeLessThan(Math.max(1, chance));
      }
    },
    (SWITCH_SECONDS + 60) * 1_000,
  );

  it('keeps an open session on its version through promotion and rollback, and gives none to a revoked one', async () => {
    const stable = await versionOf('1.0.0');
    const canary = await versionOf('1.1.0');
    await router.reconcile([routeOf({ stable, canary, canaryBuckets: 10_000 })]);
    const begun = await fetch(`${haproxy.url}/acme/slots/spin?player=ann`, {
      headers: { 'x-croupier-market': 'MT' },
    });
    expect(await begun.text()).toBe('1.1.0 /v/1.1.0/spin?player=ann');
    const cookie = begun.headers.get('set-cookie')!.split(';')[0]!;
    await router.reconcile([routeOf({ stable, draining: [canary] })]);
    expect(await play('ann')).toMatch(/^1\.0\.0/);
    expect(await play('ann', { cookie })).toMatch(/^1\.1\.0/);
    await router.reconcile([routeOf({ stable, draining: [canary], revoked: ['1.1.0'] })]);
    expect(await play('ann', { cookie })).toMatch(/^1\.0\.0/);
  });

  it('deals in each market what is certified there', async () => {
    const stable = await versionOf('1.0.0', ['MT', 'SE']);
    const canary = await versionOf('1.1.0', ['MT']);
    await router.reconcile([routeOf({ stable, canary, canaryBuckets: 0, marketBuckets: { MT: 10_000 } })]);
    expect(await play('ann')).toMatch(/^1\.1\.0/);
    expect(await play('ann', { 'x-croupier-market': 'SE' })).toMatch(/^1\.0\.0/);
    expect(await play('ann', { 'x-croupier-market': 'DE' })).toContain('not dealt in this market');
  });

  it('finds what others have changed or a restart has lost, and puts it right', async () => {
    const stable = await versionOf('1.0.0');
    const canary = await versionOf('1.1.0');
    const route = routeOf({ stable, canary, canaryBuckets: 10_000 });
    await router.reconcile([route]);
    expect(await router.reconcile([route])).toEqual({ changes: 0, unhealthy: [] });
    const socket = new RuntimeSocket(`unix:${socketFile}`);
    const map = /^(\d+) \(\S*croupier-routes.map\)/m.exec(await socket.ask('show map'))![1]!;
    await socket.ask(`clear map #${map}`);
    await socket.ask('set server versions/v1 state maint');
    await socket.ask(`add map #${map} acme/stray|MT 1,0,v9,9.9.9,,`);
    expect((await router.reconcile([route])).changes).toBeGreaterThanOrEqual(3);
    expect(await play('ann')).toMatch(/^1\.1\.0/);
    expect(await router.reconcile([route])).toMatchObject({ changes: 0 });

    const port = Number(new URL(haproxy.url).port);
    await haproxy.stop();
    haproxy = await startHaproxy(CONFIG, socketFile, port);
    await router.reconcile([route]);
    expect(await play('ann')).toMatch(/^1\.1\.0/);
  });

  it('tells of a version that does not answer, and deals no other in its place', async () => {
    const stable = await versionOf('1.0.0');
    const canary = { ...(await versionOf('1.1.0')), endpoint: `http://127.0.0.1:${await freePort()}` };
    const route = routeOf({ stable, canary, canaryBuckets: 10_000 });
    await router.reconcile([route]);
    await eventually(async () => {
      const { unhealthy } = await router.reconcile([route]);
      return unhealthy.includes('acme/slots@1.1.0') && !unhealthy.includes('acme/slots@1.0.0');
    });
    const answer = await fetch(`${haproxy.url}/acme/slots/spin?player=ann`, {
      headers: { 'x-croupier-market': 'MT' },
    });
    expect(answer.status).toBe(503);
  });

  it('says which process cannot be told', async () => {
    const absent = new HaproxyRouter({ sockets: [`unix:${socketFile}`, 'unix:/nonexistent/socket'] });
    await expect(absent.reconcile([])).rejects.toThrow('HAProxy at unix:/nonexistent/socket');
  });
});

/** Versions that cost next to nothing, so that what is measured is the router: an HAProxy that answers by itself. */
async function startUpstreams(
  folder: string,
  names: readonly string[],
): Promise<{ versions: RoutedVersion[]; stop: () => Promise<void> }> {
  const ports = await Promise.all(names.map(() => freePort()));
  const file = join(folder, 'upstreams.cfg');
  const frontends = names.map(
    (name, index) => `frontend f${index}
  bind 127.0.0.1:${ports[index]}
  http-request return status 200 content-type text/plain string "${name}"
`,
  );
  await writeFile(
    file,
    `defaults
  mode http
  timeout client 30s
  timeout http-keep-alive 75s
frontend ready
  bind "\${CROUPIER_BIND}"
${frontends.join('')}`,
  );
  const running = await startHaproxy(file, join(folder, 'unused'));
  const versions = names.map((version, index) => ({
    version,
    digest: 'd'.repeat(64),
    manifestUrl: 'http://games.test/manifest.json',
    endpoint: `http://127.0.0.1:${ports[index]}`,
    markets: ['MT'],
  }));
  return { versions, stop: () => running.stop() };
}

const WRK_SCRIPT = `
local counts = {}
local player = 0
told = ""
refused = 0
function request()
  player = player + 1
  return wrk.format("GET", "/acme/slots/spin?market=MT&player=p" .. player .. "-" .. math.random(1, 1000000000))
end
function response(status, headers, body)
  if status ~= 200 or headers["x-croupier-version"] ~= body then refused = refused + 1 return end
  local key = headers["x-croupier-buckets"] .. " " .. body
  counts[key] = (counts[key] or 0) + 1
  told = ""
  for name, count in pairs(counts) do told = told .. name .. "=" .. count .. ";" end
end
local threads = {}
function setup(thread) table.insert(threads, thread) end
function done(summary)
  local e = summary.errors
  for _, thread in ipairs(threads) do
    io.write("DEALT " .. thread:get("told") .. "\\n")
    io.write("FAILED " .. (thread:get("refused") + e.connect + e.read + e.write + e.timeout) .. "\\n")
  end
  io.write("REQUESTS " .. summary.requests .. "\\n")
end
`;

/** One thread, so that its counts are all there are. */
async function runWrk(
  folder: string,
  url: string,
  seconds: number,
): Promise<{ requests: number; failed: number; dealt: Record<string, number> }> {
  const script = join(folder, 'load.lua');
  await writeFile(script, WRK_SCRIPT);
  const parameters = ['-t1', '-c16', `-d${seconds}s`, '--timeout', '5s', '-s', script, url];
  const output = await runBounded('wrk', parameters, { timeoutMs: (seconds + 30) * 1_000, env: process.env });
  const told = /DEALT (.*)/.exec(output)?.[1] ?? '';
  return {
    requests: Number(/REQUESTS (\d+)/.exec(output)?.[1]),
    failed: Number(/FAILED (\d+)/.exec(output)?.[1]),
    dealt: Object.fromEntries(
      told.split(';').flatMap((entry) => {
        const [name = '', count] = entry.split('=');
        return count === undefined ? [] : [[name, Number(count)]];
      }),
    ),
  };
}
