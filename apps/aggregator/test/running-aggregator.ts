import { randomBytes } from 'node:crypto';
import type { CloudEvent } from '@croupier/contracts';
import { EmbeddedBus } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import type { FastifyInstance } from 'fastify';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { service } from '../src/service';

const OPERATOR = 'operator-token-of-the-test';

const HEARD = [
  'game.version.announced',
  'game.disabled',
  'game.certified',
  'release.revoked',
  'module.released',
  'webhook.tested',
];

/** The aggregator on a database of its own, an operator who talks to it, and somebody who hears all it publishes. */
export class RunningAggregator {
  readonly published: CloudEvent[] = [];
  /** For requests that need no socket. */
  fastify!: FastifyInstance;
  dataSource!: DataSource;
  private readonly bus = new EmbeddedBus();
  private running: RunningService | undefined;

  static async start(
    databaseUrl: string,
    environment: Record<string, string> = {},
  ): Promise<RunningAggregator> {
    const aggregator = new RunningAggregator();
    await aggregator.bus.subscribe('registry', HEARD, async (event) => void aggregator.published.push(event));
    aggregator.running = await startService(
      {
        ...service,
        configureHttp: async (fastify, app) => {
          aggregator.fastify = fastify;
          await service.configureHttp?.(fastify, app);
        },
      },
      {
        bus: aggregator.bus,
        cache: new InProcessCache(),
        environment: {
          DATABASE_URL: databaseUrl,
          PORT: '0',
          LOG_LEVEL: 'silent',
          OPERATOR_TOKEN: OPERATOR,
          SERVICE_TOKEN: 'service-token-of-the-test',
          SECRETS_KEY: randomBytes(32).toString('base64'),
          ...environment,
        },
      },
    );
    aggregator.dataSource = await openDataSource({
      url: databaseUrl,
      schema: 'aggregator',
      migrations: [],
      poolSize: 2,
    });
    return aggregator;
  }

  get url(): string {
    return this.running?.url ?? '';
  }

  /** A request of an operator. */
  operate(method: 'get' | 'put' | 'post' | 'patch', path: string): request.Test {
    return request(this.url)[method](path).set('authorization', `Bearer ${OPERATOR}`);
  }

  /** Creates a provider, or rotates its secret; answers the secret. */
  async provider(name: string, settings: object = {}, secret?: string): Promise<string> {
    const answer = await this.operate('put', `/v1/providers/${name}`).send({ settings, secret });
    if (answer.status >= 300) throw new Error(answer.text);
    return String((answer.body as { secret: unknown }).secret);
  }

  /** Sends a webhook as bytes, with these headers. */
  post(provider: string, body: string, headers: Record<string, string>): request.Test {
    return request(this.url)
      .post(`/v1/webhooks/${provider}`)
      .set({ 'content-type': 'application/json', ...headers })
      .serialize((text) => String(text))
      .send(body);
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    await this.bus.close();
    await this.dataSource.destroy();
  }
}
