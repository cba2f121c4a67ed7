import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ChannelModel } from 'amqplib';
import { Client } from 'pg';
import { ServiceProgram } from '../service-program';

const DRAIN_DEADLINE_MS = 120_000;
const LOOK_INTERVAL_MS = 20;

/** The aggregator as it runs in production: a process of its own on PostgreSQL and RabbitMQ. */
export class AggregatorUnderTest {
  private constructor(
    private readonly service: ServiceProgram,
    readonly keyBase64: string,
    private readonly database: Client,
    private readonly rabbit: ChannelModel,
  ) {}

  static async start(databaseUrl: string): Promise<AggregatorUnderTest> {
    const variables = { SECRETS_KEY: randomBytes(32).toString('base64') };
    const service = await ServiceProgram.start('aggregator', databaseUrl, variables);
    const database = new Client({ connectionString: databaseUrl });
    await database.connect();
    const rabbit = await connect(service.amqp.url);
    return new AggregatorUnderTest(service, await createProvider(service), database, rabbit);
  }

  get port(): number {
    return this.service.program.port;
  }

  get amqp(): ServiceProgram['amqp'] {
    return this.service.amqp;
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
    await this.service.stop();
    await this.database.end();
    await this.rabbit.close();
  }

  private async inQueue<Value>(
    work: (channel: Awaited<ReturnType<ChannelModel['createChannel']>>, queue: string) => Promise<Value>,
  ): Promise<Value> {
    const channel = await this.rabbit.createChannel();
    try {
      return await work(channel, `${this.amqp.namespace}.registry`);
    } finally {
      await channel.close();
    }
  }

  private async count(sql: string): Promise<number> {
    const { rows } = await this.database.query<{ count: number }>(sql);
    return rows[0]?.count ?? NaN;
  }
}

async function createProvider({ program, operatorToken }: ServiceProgram): Promise<string> {
  const answer = await fetch(`${program.url}/v1/providers/acme`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { secret } = (await answer.json()) as { secret: string };
  return secret.replace('whsec_', '');
}
