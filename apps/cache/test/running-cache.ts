import { randomUUID } from 'node:crypto';
import type { CloudEvent, InvalidationDetail, ReleaseId } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { RedisCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, freshNamespace, redis, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import { service } from '../src/service';

const OPERATOR = 'operator-token-of-the-test';

/** The cache service on a database and a namespace of its own, and what an operator does with it. */
export class RunningCache {
  readonly told: CloudEvent[] = [];

  private constructor(
    readonly bus: EmbeddedBus,
    readonly cache: RedisCache,
    readonly database: FreshDatabase,
    private running: RunningService,
    private readonly variables: Record<string, string>,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<RunningCache> {
    const database = await freshDatabase();
    const cache = new RedisCache((await redis()).url, freshNamespace());
    const bus = new EmbeddedBus();
    const all = {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      OPERATOR_TOKEN: OPERATOR,
      SERVICE_TOKEN: 'service-token-of-the-test',
      CACHE_FIRST_RETRY_MS: '20',
      CACHE_CALL_TIMEOUT_MS: '300',
      ...variables,
    };
    const running = await startService(service, { bus, cache, environment: all });
    const started = new RunningCache(bus, cache, database, running, all);
    await bus.subscribe('observer', ['cache.invalidated'], async (event) => void started.told.push(event));
    return started;
  }

  /** A further replica. */
  replica(): Promise<RunningService> {
    return startService(service, { bus: new EmbeddedBus(), cache: this.cache, environment: this.variables });
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.bus.close();
    await this.cache.deleteByPrefix('');
    await this.cache.close();
    await this.database.drop();
  }

  call(method: 'get' | 'post' | 'put' | 'delete', path: string): request.Test {
    return request(this.running.url)[method](path).set('authorization', `Bearer ${OPERATOR}`);
  }

  async order(body: object): Promise<string> {
    const answer = await this.call('post', '/v1/invalidations')
      .send({ reason: 'the test asks', ...body })
      .expect(202);
    return answer.body.id as string;
  }

  async job(id: string): Promise<InvalidationDetail> {
    return (await this.call('get', `/v1/invalidations/${id}`).expect(200)).body as InvalidationDetail;
  }

  /** The job, once it is over. */
  over(id: string): Promise<InvalidationDetail> {
    return eventually(
      async () => {
        const job = await this.job(id);
        return job.state !== 'running' && job;
      },
      { timeoutMs: 20_000 },
    );
  }

  async done(body: object): Promise<InvalidationDetail> {
    return this.over(await this.order(body));
  }

  /** The jobs of a game, newest first. */
  async jobsOf(game: string): Promise<{ id: string; cause: string; state: string }[]> {
    const { body } = await this.call('get', `/v1/invalidations?provider=acme&game=${game}`).expect(200);
    return body.items as { id: string; cause: string; state: string }[];
  }

  /** The job that an event has led to, once it is over. */
  async afterEvent(event: CloudEvent<string, { game: string }>, cause: string): Promise<InvalidationDetail> {
    await this.bus.publish([event]);
    const job = await eventually(async () =>
      (await this.jobsOf(event.data.game)).find((each) => each.cause === cause),
    );
    return this.over(job.id);
  }

  async putRule(name: string, rule: object): Promise<void> {
    await this.call('put', `/v1/cache-rules/${name}`)
      .set('if-none-match', '*')
      .send({ ...rule, reason: 'the test asks' })
      .expect(200);
  }
}

export function promoted(game: string, version = '1.1.0', previousVersion: string | null = '1.0.0') {
  const release = { releaseId: randomUUID() as ReleaseId, provider: 'acme', game, version };
  return newEvent(
    'rollout.promoted',
    { ...release, previousVersion, flags: [] },
    { source: 'croupier/deployer' },
  );
}

export function rolledBack(game: string) {
  const release = { releaseId: randomUUID() as ReleaseId, provider: 'acme', game, version: '1.2.0' };
  return newEvent(
    'rollout.rolled_back',
    { ...release, stableVersion: '1.1.0', reason: 'too many errors', evidence: [], flags: [] },
    { source: 'croupier/deployer' },
  );
}

export function staged(game: string, version = '1.1.0') {
  const release = { releaseId: randomUUID() as ReleaseId, provider: 'acme', game, version };
  return newEvent(
    'release.staged',
    { ...release, digest: 'a'.repeat(64), migrations: [] },
    { source: 'croupier/deployer' },
  );
}

export function clearanceChanged(game: string, revoked: boolean) {
  return newEvent(
    'clearance.changed',
    {
      provider: 'acme',
      game,
      version: '1.1.0',
      digest: 'a'.repeat(64),
      clearance: { revision: 2, markets: ['MT'], revoked },
      reason: 'the certificate was withdrawn',
      actor: 'ann',
    },
    { source: 'croupier/registry' },
  );
}
