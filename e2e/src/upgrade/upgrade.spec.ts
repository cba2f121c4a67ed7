import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prerelease } from 'semver';
import { CONSUMERS, SERVICE_NAMES, type ServiceName } from '@croupier/contracts';
import { RabbitBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import {
  auditSigningKey,
  eventually,
  freshDatabase,
  freshNamespace,
  GameServer,
  rabbit,
  redis,
  type FreshDatabase,
} from '@croupier/testing';
import { nameOf, PROVIDER } from '../../faults/catalogue';
import { Effects } from '../../faults/effects';
import { start, stop } from '../program';
import { runToEnd } from '../run-to-end';
import { Balancer } from './balancer';
import { IDLE_MS, Load } from './load';
import { ProviderSite } from './provider-site';

const DRAIN_MS = 3 * IDLE_MS;
const PATIENCE = { timeoutMs: 120_000, intervalMs: 50 };
const OPERATOR_TOKEN = 'an-operator-token-of-the-test';
const GAME = 'played';

interface Replica {
  readonly child: ChildProcess;
  readonly port: number;
}

const AUDIT_SIGNING_KEY = auditSigningKey();

describe('an upgrade of the platform', () => {
  const namespace = freshNamespace();
  const games = new GameServer();
  const replicas = new Map<ServiceName, Replica>();
  const balancers = new Map<ServiceName, Balancer>();
  let database: FreshDatabase;
  let amqpUrl: string;
  let redisUrl: string;
  let directory: string;
  let site: ProviderSite;
  let effects: Effects;
  let load: Load;

  const urls = (): Record<ServiceName, string> =>
    Object.fromEntries([...balancers].map(([name, { url }]) => [name, url])) as Record<ServiceName, string>;

  /** A new process of a service, once the balancer gives it connections. */
  async function startReplica(service: ServiceName): Promise<Replica> {
    const port = await freePort();
    const child = start(`apps/${service}/dist/main.js`, [], {
      ...Object.fromEntries(Object.entries(urls()).map(([name, url]) => [`${name.toUpperCase()}_URL`, url])),
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '4',
      AMQP_URL: amqpUrl,
      REDIS_URL: redisUrl,
      NAMESPACE: namespace,
      PORT: String(port),
      STATE_DIR: join(directory, String(port)),
      LOG_LEVEL: 'error',
      SHUTDOWN_DRAIN_MS: String(DRAIN_MS),
      OPERATOR_TOKEN,
      SERVICE_TOKEN: 'a-service-token-of-the-test',
      SESSION_SECRET: 'a secret that has at least 32 bytes',
      SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
      AUDIT_SIGNING_KEY,
      FLAGS_CLIENT_TOKEN: '*:development.a-secret-of-the-test',
      ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
      REMOTE_SERVER_HOSTS: '127.0.0.1',
      GATEWAY_WORKERS: '1',
    });
    child.stdout!.resume();
    child.stderr!.on('data', (line: Buffer) => process.stderr.write(line));
    const balancer = balancers.get(service)!;
    balancer.add(port);
    await eventually(() => balancer.isReady(port), PATIENCE);
    return { child, port };
  }

  /**
   * As Kubernetes rolls every Deployment of a release at once: each new one is ready before its old one is told to end.
   * @returns how each old one ended: exit code and signal
   */
  async function replaceAll(): Promise<Record<string, unknown>> {
    const replaced = [...replicas].map(async ([service, old]) => {
      replicas.set(service, await startReplica(service));
      const ending = once(old.child, 'exit');
      balancers.get(service)!.end(old.port);
      old.child.kill('SIGTERM');
      return [service, await ending] as const;
    });
    return Object.fromEntries(await Promise.all(replaced));
  }

  async function createProvider(): Promise<string> {
    const answer = await fetch(`${urls().aggregator}/v1/providers/${PROVIDER}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
      body: '{}',
    });
    return ((await answer.json()) as { secret: string }).secret;
  }

  beforeAll(async () => {
    [database, amqpUrl, redisUrl] = await Promise.all([
      freshDatabase(),
      rabbit().then(({ url }) => url),
      redis().then(({ url }) => url),
    ]);
    directory = await mkdtemp(join(tmpdir(), 'croupier-upgrade-'));
    await games.start();
    site = await ProviderSite.open(games.url);
    effects = await Effects.watch(amqpUrl, namespace, ['artifact.registered', 'rollout.promoted']);
    await runToEnd(process.execPath, ['apps/croupier/dist/main.js', 'schemas'], {
      DATABASE_URL: database.url,
    });
    for (const service of SERVICE_NAMES) balancers.set(service, await Balancer.open());
    await Promise.all(
      SERVICE_NAMES.map(async (service) => replicas.set(service, await startReplica(service))),
    );
    const consumers = SERVICE_NAMES.filter((service) => CONSUMERS[service].length > 0);
    const addresses = {
      urls: urls(),
      operatorToken: OPERATOR_TOKEN,
      webhookSecret: await createProvider(),
    };
    load = new Load(addresses, site, GAME, {
      ...Object.fromEntries(consumers.map((service) => [service, '/v1/dead-letters'])),
      console: '/',
    });
    await load.announceOne('msg_played', { game: GAME, version: '1.0.0' });
    const launch = `${urls().gateway}/v1/launch/${PROVIDER}/${GAME}?player=ann&market=MT`;
    await eventually(async () => (await fetch(launch)).ok, PATIENCE);
  }, PATIENCE.timeoutMs);

  afterAll(async () => {
    await Promise.all([...replicas.values()].map(({ child }) => stop(child)));
    await Promise.all([...balancers.values()].map((balancer) => balancer.close()));
    await effects?.close();
    await site?.close();
    await games.stop();
    await database?.drop();
    await RabbitBus.deleteNamespace(amqpUrl, namespace);
    await rm(directory, { recursive: true, force: true });
  }, PATIENCE.timeoutMs);

  it(
    'replaces every service under load, and no request fails and no event is lost',
    async () => {
      load.start();
      const endings = await replaceAll();
      await load.stop();
      expect(endings).toEqual(Object.fromEntries(SERVICE_NAMES.map((service) => [service, [0, null]])));
      expect(load.failures).toEqual([]);
      for (const count of Object.values(load.requests)) expect(count).toBeGreaterThan(0);
      expect(load.accepted).toHaveLength(load.requests.webhooks);

      const released = load.accepted.filter(({ version }) => prerelease(version) === null);
      await eventually(
        () =>
          load.accepted.every((version) => effects.countOf('artifact.registered', version) > 0) &&
          released.every((version) => effects.countOf('rollout.promoted', version) > 0),
        PATIENCE,
      );
      const doubled = load.accepted.filter(
        (version) =>
          effects.countOf('artifact.registered', version) > 1 ||
          effects.countOf('rollout.promoted', version) > 1,
      );
      expect(doubled.map(nameOf)).toEqual([]);

      for (const service of SERVICE_NAMES.filter((name) => CONSUMERS[name].length > 0)) {
        const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
        const answer = await fetch(`${urls()[service]}/v1/dead-letters`, { headers });
        expect([service, await answer.json()]).toEqual([
          service,
          expect.objectContaining({ deadLetters: [] }),
        ]);
      }
    },
    PATIENCE.timeoutMs * 2,
  );
});
