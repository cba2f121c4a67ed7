import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RabbitBus } from '@croupier/messaging';
import { connect, type ChannelModel } from 'amqplib';
import { Client } from 'pg';
import { freePort } from '@croupier/persistence';
import { ServerProgram } from '../server-program';

const OPERATOR_TOKEN = randomBytes(24).toString('base64url');
const DRAIN_DEADLINE_MS = 120_000;
const LOOK_INTERVAL_MS = 20;

/** The aggregator as it runs in production: a process of its own on PostgreSQL and RabbitMQ. */
export class AggregatorUnderTest {
  private constructor(
    readonly program: ServerProgram,
    readonly keyBase64: string,
    private readonly options: { databaseUrl: string; amqpUrl: string; namespace: string },
    private readonly database: Client,
    private readonly rabbit: ChannelModel,
  ) {}

  static async start(options: {
    databaseUrl: string;
    amqpUrl: string;
    namespace: string;
  }): Promise<AggregatorUnderTest> {
    const { databaseUrl, amqpUrl, namespace } = options;
    const program = join(
      dirname(createRequire(__filename).resolve('@croupier/aggregator/package.json')),
      'dist',
      'main.js',
    );
    const port = await freePort();
    const server = await ServerProgram.start(
      program,
      {
        DATABASE_URL: databaseUrl,
        AMQP_URL: amqpUrl,
        NAMESPACE: namespace,
        PORT: String(port),
        LOG_LEVEL: 'warn',
        OPERATOR_TOKEN,
        SERVICE_TOKEN: OPERATOR_TOKEN,
        SECRETS_KEY: randomBytes(32).toString('base64'),
      },
      { port, path: '/health/ready' },
    );
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    const rabbit = await connect(amqpUrl);
    return new AggregatorUnderTest(server, await createProvider(server.url), options, database, rabbit);
  }

  /** How many webhooks the database has. */
  async stored(): Promise<number> {
    return this.count('SELECT count(*)::int AS count FROM aggregator.webhooks');
  }

  /** Resolves when every event is published, with the number of those that wait in the registry's queue. */
  async relayed(): Promise<number> {
    const deadline = performance.now() + DRAIN_DEADLINE_MS;
    while ((await this.count('SELECT count(*)::int AS count FROM aggregator.outbox')) > 0) {
      if (performance.now() > deadline) throw new Error(`Not relayed within ${DRAIN_DEADLINE_MS} ms`);
      await sleep(LOOK_INTERVAL_MS);
    }
    return this.inQueue((channel, queue) =>
      channel.checkQueue(queue).then(({ messageCount }) => messageCount),
    );
  }

  /** Nobody consumes here, and a queue that grows from round to round would slow the broker down. */
  async emptyQueue(): Promise<void> {
    await this.inQueue((channel, queue) => channel.purgeQueue(queue));
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.database.end();
    await this.rabbit.close();
    await RabbitBus.deleteNamespace(this.options.amqpUrl, this.options.namespace);
  }

  private async inQueue<Value>(
    work: (channel: Awaited<ReturnType<ChannelModel['createChannel']>>, queue: string) => Promise<Value>,
  ): Promise<Value> {
    const channel = await this.rabbit.createChannel();
    try {
      return await work(channel, `${this.options.namespace}.registry`);
    } finally {
      await channel.close();
    }
  }

  private async count(sql: string): Promise<number> {
    const { rows } = await this.database.query<{ count: number }>(sql);
    return rows[0]?.count ?? NaN;
  }
}

async function createProvider(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/providers/acme`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { secret } = (await answer.json()) as { secret: string };
  return secret.replace('whsec_', '');
}
