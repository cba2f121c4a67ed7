import type { CloudEvent, ReleaseStaged, ReleaseView, TimelineEntry } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import { FakeGateway } from '../test/fake-gateway';
import { GameServer } from '../test/game-server';
import { registered } from '../test/registered-artifact';
import { service } from './service';

const OPERATOR = 'operator-token-of-the-test';
const SERVICE = 'service-token-of-the-test';
const WITHIN = { timeoutMs: 30_000 };

describe('the deployer', () => {
  const games = new GameServer();
  const bus = new EmbeddedBus();
  const errorRates = new Map<string, number>();
  let database: FreshDatabase;
  let running: RunningService;
  let gateway: FakeGateway;

  beforeAll(async () => {
    await games.start();
    database = await freshDatabase();
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
    running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN: SERVICE,
        REMOTE_SERVER_HOSTS: '127.0.0.1',
        STEP_MIN_DURATION_MS: '1',
        STEP_MIN_REQUESTS: '10',
        DRAIN_MS: '1',
      },
    });
    gateway = new FakeGateway(
      () => [running.url],
      SERVICE,
      (version) => errorRates.get(version) ?? 0,
    );
    gateway.start();
  });
  afterAll(async () => {
    await gateway.stop();
    await running.stop();
    await bus.close();
    await games.stop();
    await database.drop();
  });

  const api = () => request(running.url);
  const ship = (game: string, version: string) => bus.publish([registered(game, version, games.url)]);

  function releaseIn(game: string, version: string, status: string): Promise<ReleaseView> {
    return eventually(async () => {
      const { body } = await api()
        .get('/v1/releases')
        .query({ game, version })
        .set('authorization', `Bearer ${OPERATOR}`)
        .expect(200);
      return (body.releases as ReleaseView[]).find((release) => release.status === status);
    }, WITHIN);
  }

  async function timeline(release: ReleaseView): Promise<TimelineEntry[]> {
    const { body } = await api()
      .get(`/v1/releases/${release.id}/timeline`)
      .set('authorization', `Bearer ${OPERATOR}`)
      .expect(200);
    return body.entries;
  }

  it('promotes what is healthy, step by step, and rolls back what is not', async () => {
    await ship('slots', '1.0.0');
    await releaseIn('slots', '1.0.0', 'promoted');
    await ship('slots', '1.1.0');
    const good = await releaseIn('slots', '1.1.0', 'promoted');
    const weights = (await timeline(good)).filter(({ type }) => type === 'weight.confirmed').slice(0, 5);
    expect(weights.map(({ data }) => (data as { weightPercent: number }).weightPercent)).toEqual([
      5, 10, 25, 50, 100,
    ]);
    errorRates.set('1.2.0', 0.2);
    await ship('slots', '1.2.0');
    const bad = await releaseIn('slots', '1.2.0', 'rolled-back');
    expect(bad).toMatchObject({ weightPercent: 0, stableVersion: '1.1.0' });
    expect(bad.reason).toMatch(/error-rate/);
    await eventually(() => gateway.snapshot.subjects[0]?.canary === null && gateway.snapshot.subjects[0]);
    expect(gateway.snapshot.subjects[0]?.stable.version).toBe('1.1.0');
  });
});
