import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { CloudEvent, ReleaseStaged, ReleaseView, TimelineEntry } from '@croupier/contracts';
import { CONSUMERS } from '@croupier/contracts';
import { newEvent, RabbitBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import {
  eventually,
  FakeGateway,
  freshDatabase,
  freshNamespace,
  GameServer,
  postgres,
  rabbit,
  registered,
  type FreshDatabase,
} from '@croupier/testing';
import { start, stop } from './program';

const GAMES = 50;
/** Each of the last ten ships a version that fails. */
const GOOD_GAMES = 40;
const STABLE = '1.0.0';
const GOOD = '1.1.0';
const BAD = '1.2.0';
const TOKEN = 'an-operator-token-of-the-test';
const SERVICE_TOKEN = 'a-service-token-of-the-test';
const PATIENCE = { timeoutMs: 120_000, intervalMs: 250 };

const gameOf = (index: number): string => `game-${index}`;

describe('two replicas of the deployer, on PostgreSQL and RabbitMQ', () => {
  const games = new GameServer();
  const namespace = freshNamespace();
  let database: FreshDatabase;
  let amqpUrl: string;
  let bus: RabbitBus;
  let replicas: { readonly url: string; readonly process: ChildProcess }[] = [];
  let gateway: FakeGateway;

  beforeAll(async () => {
    await postgres();
    amqpUrl = (await rabbit()).url;
    database = await freshDatabase();
    await games.start();
    bus = new RabbitBus({ url: amqpUrl, namespace, consumers: CONSUMERS });
    // The migrator has nothing to do, and says so.
    await bus.subscribe('migrator', ['release.staged'], async (event) => {
      const {
        digest: _,
        migrations: __,
        ...release
      } = (event as CloudEvent<'release.staged', ReleaseStaged>).data;
      const outcome = { ...release, scripts: [], detail: 'no scripts' };
      await bus.publish([newEvent('migration.applied', outcome, { source: 'croupier/migrator' })]);
    });
    replicas = await Promise.all([startReplica(), startReplica()]);
    gateway = new FakeGateway(
      () => replicas.map(({ url }) => url),
      SERVICE_TOKEN,
      (version) => (version === BAD ? 0.2 : 0),
    );
    gateway.start();
  }, PATIENCE.timeoutMs);

  afterAll(async () => {
    await gateway?.stop();
    for (const replica of replicas) await stop(replica.process);
    await bus?.close();
    await games.stop();
    await database?.drop();
    await RabbitBus.deleteNamespace(amqpUrl, namespace);
  });

  async function startReplica() {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const process = start('apps/deployer/dist/main.js', [], {
      DATABASE_URL: database.url,
      AMQP_URL: amqpUrl,
      NAMESPACE: namespace,
      PORT: String(port),
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN: TOKEN,
      SERVICE_TOKEN,
      REMOTE_SERVER_HOSTS: '127.0.0.1',
      STEP_MIN_DURATION_MS: '500',
      STEP_MIN_REQUESTS: '50',
      DRAIN_MS: '600000',
    });
    await eventually(() => fetch(`${url}/health/ready`).then(({ ok }) => ok), PATIENCE);
    return { url, process };
  }

  async function ask<Body>(path: string): Promise<Body> {
    const answer = await fetch(replicas[0]!.url + path, { headers: { authorization: `Bearer ${TOKEN}` } });
    return (await answer.json()) as Body;
  }

  async function releasesOf(version: string): Promise<ReleaseView[]> {
    const { releases } = await ask<{ releases: ReleaseView[] }>(`/v1/releases?version=${version}&limit=200`);
    return releases;
  }

  const countOf = async (version: string, ...statuses: string[]): Promise<number> =>
    (await releasesOf(version)).filter(({ status }) => statuses.includes(status)).length;

  it(
    'end all rollouts as they would have ended, no step twice, although one is killed in the middle',
    async () => {
      const all = Array.from({ length: GAMES }, (_, index) => gameOf(index));
      await bus.publish(all.map((game) => registered(game, STABLE, games.url)));
      await eventually(async () => (await countOf(STABLE, 'promoted')) === GAMES, PATIENCE);

      await bus.publish(
        all.map((game, index) => registered(game, index < GOOD_GAMES ? GOOD : BAD, games.url)),
      );
      await eventually(async () => (await countOf(GOOD, 'progressing')) >= GOOD_GAMES / 2, PATIENCE);
      const [killed] = replicas.splice(0, 1);
      killed!.process.kill('SIGKILL');
      await once(killed!.process, 'exit');
      expect(await countOf(GOOD, 'promoted')).toBeLessThan(GOOD_GAMES);

      await eventually(async () => (await countOf(GOOD, 'promoted')) === GOOD_GAMES, PATIENCE);
      await eventually(async () => (await countOf(BAD, 'rolled-back')) === GAMES - GOOD_GAMES, PATIENCE);

      for (const release of [...(await releasesOf(GOOD)), ...(await releasesOf(BAD))]) {
        const { entries } = await ask<{ entries: TimelineEntry[] }>(`/v1/releases/${release.id}/timeline`);
        const steps = entries
          .filter(({ type }) => type === 'rollout.step')
          .map(({ data }) => (data as { stepIndex: number }).stepIndex);
        expect(steps).toEqual([...steps.keys()]);
        if (release.status === 'promoted') expect(steps).toHaveLength(release.stepCount);
        expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
        const verification = `/v1/releases/${release.id}/timeline/verification`;
        expect(await ask(verification)).toEqual({ verified: true, brokenAt: null });
      }
      await eventually(
        () => gateway.snapshot.subjects.every(({ canary }) => canary === null) && gateway.snapshot.subjects,
      );
      const dealt = gateway.snapshot.subjects.map(({ game, stable }) => `${game} ${stable.version}`).sort();
      expect(dealt).toEqual(all.map((game, index) => `${game} ${index < GOOD_GAMES ? GOOD : STABLE}`).sort());
    },
    PATIENCE.timeoutMs * 3,
  );
});
