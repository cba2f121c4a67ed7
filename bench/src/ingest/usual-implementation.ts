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
    amqpUrl: string;
    namespace: string;
    keyBase64: string;
  }): Promise<UsualImplementation> {
    const queue = `${options.namespace}.usual`;
    const program = await ServerProgram.start(join(__dirname, 'usual', 'main.js'), {
      DATABASE_URL: options.databaseUrl,
      AMQP_URL: options.amqpUrl,
      QUEUE: queue,
      KEY: options.keyBase64,
    });
    return new UsualImplementation(program, queue, await connect(options.amqpUrl));
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
