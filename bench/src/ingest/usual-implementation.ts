import { join } from 'node:path';
import { connect, type ChannelModel } from 'amqplib';
import { ServerProgram } from '../server-program';

/** The peer in `usual/`, in a process of its own on the same PostgreSQL and RabbitMQ. */
export class UsualImplementation {
  private constructor(
    private readonly program: ServerProgram,
    private readonly queue: string,
    private readonly rabbit: ChannelModel,
  ) {}

  static async start(options: {
    databaseUrl: string;
    amqp: { url: string; namespace: string };
    keyBase64: string;
  }): Promise<UsualImplementation> {
    const { databaseUrl, amqp, keyBase64 } = options;
    const queue = `${amqp.namespace}.usual`;
    const program = await ServerProgram.start(join(__dirname, 'usual', 'main.js'), {
      DATABASE_URL: databaseUrl,
      AMQP_URL: amqp.url,
      QUEUE: queue,
      KEY: keyBase64,
    });
    return new UsualImplementation(program, queue, await connect(amqp.url));
  }

  get port(): number {
    return this.program.port;
  }

  async emptyQueue(): Promise<void> {
    const channel = await this.rabbit.createChannel();
    await channel.purgeQueue(this.queue);
    await channel.close();
  }

  async stop(): Promise<void> {
    await this.program.stop();
    const channel = await this.rabbit.createChannel();
    await channel.deleteQueue(this.queue);
    await this.rabbit.close();
  }
}
