import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CONSUMERS,
  type CloudEvent,
  type Launch,
  type ReleaseStaged,
  type ReleaseView,
  type RoutingUpdate,
  type SubjectRoute,
} from '@croupier/contracts';
import { newEvent, RabbitBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import {
  eventually,
  freshDatabase,
  freshNamespace,
  GameServer,
  rabbit,
  registered,
  type FreshDatabase,
} from '@croupier/testing';
import { start, stop } from './program';

const GAME = 'slots';
const STABLE = '1.0.0';
const OPERATOR_TOKEN = 'an-operator-token-of-the-test';
const SERVICE_TOKEN = 'a-service-token-of-the-test';
const PATIENCE = { timeoutMs: 60_000, intervalMs: 100 };
const TEST_DEADLINE_MS = 150_000;
const PLAYERS = Array.from({ length: 50 }, (_, index) => `player-${index}`);

describe('game servers that providers run', () => {
  const games = new GameServer();
  const twin = new GameServer();
  const namespace = freshNamespace();
  const programs: ChildProcess[] = [];
  const databases: FreshDatabase[] = [];
  /** What players got in place of an answer. */
  const refused: string[] = [];
  let amqpUrl: string;
  let bus: RabbitBus;
  let stateDirectory: string;
  let deployerUrl: string;
  let gatewayUrl: string;

  beforeAll(async () => {
    amqpUrl = (await rabbit()).url;
    stateDirectory = await mkdtemp(join(tmpdir(), 'remote-servers-e2e-'));
    await games.start();
    await twin.start();
    bus = new RabbitBus({ url: amqpUrl, namespace, consumers: CONSUMERS });
    // The migrator has nothing to do, and says so.
    await bus.subscribe('migrator', ['release.staged'], async (event) => {
      const { data } = event as CloudEvent<'release.staged', ReleaseStaged>;
      const { digest: _, migrations: __, ...release } = data;
      const outcome = { ...release, scripts: [], detail: 'no scripts' };
      await bus.publish([newEvent('migration.applied', outcome, { source: 'croupier/migrator' })]);
    });
    deployerUrl = await startService('deployer', { REMOTE_SERVER_HOSTS: '127.0.0.1' });
    gatewayUrl = await startService('gateway', {
      SESSION_SECRET: 'a secret that has at least 32 bytes',
      DEPLOYER_URL: deployerUrl,
      STATE_DIR: stateDirectory,
    });
    const pause = { kind: 'pause', durationMs: null };
    const steps = [
      { kind: 'setWeight', weightPercent: 20, mirrorPercent: 80 },
      pause,
      { kind: 'setWeight', weightPercent: 40 },
      pause,
      { kind: 'setWeight', weightPercent: 100 },
    ];
    await ask(deployerUrl, 'PUT', '/v1/policies/mirrored', {
      scope: { subject: `acme/${GAME}` },
      rules: { automation: { kind: 'auto' }, strategy: { kind: 'canary', steps } },
      reason: 'the test reads and changes nothing',
    });
    await bus.publish([registered(GAME, STABLE, games.url)]);
    await releaseIn(STABLE, 'promoted');
  }, TEST_DEADLINE_MS);

  afterAll(async () => {
    for (const program of programs) await stop(program);
    await bus?.close();
    await games.stop();
    await twin.stop();
    await rm(stateDirectory, { recursive: true, force: true });
    await RabbitBus.deleteNamespace(amqpUrl, namespace);
    for (const database of databases) await database.drop();
  }, TEST_DEADLINE_MS);

  it(
    'get copies of stable’s requests while the canary has its first weight, and none after it',
    async () => {
      await bus.publish([registered(GAME, '1.1.0', games.url)]);
      const release = await releaseIn('1.1.0', 'progressing');
      await routed((route) => route.canaryBuckets === 2_000 && route.mirrorBuckets === 10_000);
      const onStable = (await play()).filter((version) => version === STABLE).length;
      await eventually(() => copies('1.1.0').length === onStable, PATIENCE);
      expect(copies('1.1.0')).toEqual(Array.from({ length: onStable }, () => 'GET /1.1.0/health'));

      await command(release, 'approve');
      await routed((route) => route.canaryBuckets === 4_000 && route.mirrorBuckets === undefined);
      expect(await play()).toContain(STABLE);
      expect(await copied()).toBe(onStable);

      await command(release, 'approve');
      await releaseIn('1.1.0', 'promoted');
      await routed((route) => route.canary === null && route.mirrorBuckets === undefined);
    },
    TEST_DEADLINE_MS,
  );

  it(
    'get no copies once the canary is rolled back',
    async () => {
      await bus.publish([registered(GAME, '1.2.0', games.url)]);
      const release = await releaseIn('1.2.0', 'progressing');
      await routed((route) => route.mirrorBuckets === 10_000);
      const before = await copied();

      await command(release, 'abort');
      await routed((route) => route.canary === null && route.mirrorBuckets === undefined);
      await play();
      expect(await copied()).toBe(before);
    },
    TEST_DEADLINE_MS,
  );

  it(
    'share the requests of their version, and one that is gone is left out without a player noticing',
    async () => {
      const [url, replica] = [`${games.url}/2.0.0`, `${twin.url}/2.0.0`];
      const server = { runtime: 'remote' as const, url, replicas: [replica] };
      await bus.publish([registered('twins', '2.0.0', games.url, { server })]);
      await releaseIn('2.0.0', 'promoted');
      await routed(({ stable }) => stable.replicas?.length === 1);
      const reads = (): number => twin.seen.filter(({ headers }) => 'x-croupier-version' in headers).length;
      await eventually(async () => {
        await play('twins');
        return reads() > 0;
      }, PATIENCE);

      await twin.stop();
      await eventually(async () => {
        await play('twins');
        return (await metric('gateway_ejected_upstreams')) === 1;
      }, PATIENCE);
      expect(refused).toEqual([]);
    },
    TEST_DEADLINE_MS,
  );

  async function startService(name: 'deployer' | 'gateway', variables: NodeJS.ProcessEnv): Promise<string> {
    const database = await freshDatabase();
    databases.push(database);
    const port = await freePort();
    const program = start(`apps/${name}/dist/main.js`, [], {
      DATABASE_URL: database.url,
      AMQP_URL: amqpUrl,
      NAMESPACE: namespace,
      PORT: String(port),
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN,
      SERVICE_TOKEN,
      ...variables,
    });
    program.stdout!.resume();
    program.stderr!.resume();
    programs.push(program);
    const url = `http://127.0.0.1:${port}`;
    await eventually(() => fetch(`${url}/health/live`).then(({ ok }) => ok), PATIENCE);
    return url;
  }

  /** Each player reads once; answers the versions that they play. */
  function play(game = GAME): Promise<string[]> {
    return Promise.all(
      PLAYERS.map(async (player) => {
        const launched = await fetch(`${gatewayUrl}/v1/launch/acme/${game}?player=${player}&market=MT`);
        const { version, playPath, sessionToken } = (await launched.json()) as Launch;
        const headers = { 'x-croupier-session': sessionToken };
        const read = await fetch(`${gatewayUrl}${playPath}health`, { headers });
        const answer = await read.text();
        if (!read.ok) refused.push(`${read.status} ${answer}`);
        return version;
      }),
    );
  }

  function copies(version: string): string[] {
    return games.seen
      .filter(({ headers }) => headers['x-croupier-mirrored'] === 'true')
      .filter(({ headers }) => headers['x-croupier-version'] === version)
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** What the gateway has sent, which it counts before it answers the player. */
  function copied(): Promise<number> {
    return metric('gateway_mirrored_requests_total', 'outcome="sent"');
  }

  async function metric(name: string, label = ''): Promise<number> {
    const metrics = await (await fetch(`${gatewayUrl}/metrics`)).text();
    const [, value] = new RegExp(`^${name}\\{.*${label}.*\\} (\\d+)$`, 'm').exec(metrics) ?? [];
    return Number(value);
  }

  /** The gateway deals by a route that is so. */
  async function routed(isSo: (route: SubjectRoute) => boolean): Promise<void> {
    await eventually(async () => {
      const service = { authorization: `Bearer ${SERVICE_TOKEN}` };
      const answer = await fetch(`${deployerUrl}/v1/routing`, { headers: service });
      const { routingVersion, subjects } = (await answer.json()) as RoutingUpdate;
      const applied = await ask<{ routingVersion: number }>(gatewayUrl, 'GET', '/v1/routing');
      return subjects.some(isSo) && applied.routingVersion === routingVersion;
    }, PATIENCE);
  }

  function releaseIn(version: string, status: string): Promise<ReleaseView> {
    return eventually(async () => {
      const path = `/v1/releases?version=${version}`;
      const { releases } = await ask<{ releases: ReleaseView[] }>(deployerUrl, 'GET', path);
      return releases.find((release) => release.status === status);
    }, PATIENCE);
  }

  /** Once the release is where the command is possible. */
  async function command({ id }: ReleaseView, name: 'approve' | 'abort'): Promise<void> {
    await eventually(async () => {
      const answer = await call(deployerUrl, 'POST', `/v1/releases/${id}/${name}`, { reason: 'seen enough' });
      return answer.status === 202;
    }, PATIENCE);
  }

  async function ask<Answer>(url: string, method: string, path: string, body?: object): Promise<Answer> {
    const answer = await call(url, method, path, body);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  function call(url: string, method: string, path: string, body?: object): Promise<Response> {
    return fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${OPERATOR_TOKEN}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(method === 'PUT' && { 'if-none-match': '*' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
});
