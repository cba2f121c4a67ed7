import { Logger } from '@nestjs/common';
import { connect, type Channel, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import { gatherWrites } from './gathered-writes';

const CONNECT_TIMEOUT_MS = 5_000;
const HEARTBEAT_SECONDS = 10;
const RECOVERY = { initialDelay: 100, maxDelay: 10_000, factor: 2, jitter: 0.5 };

/** A connection that comes back, with backoff and jitter, until it is closed; each time with a fresh channel. */
export class LastingConnection<C extends Channel> {
  private readonly logger = new Logger(LastingConnection.name);
  private readonly opening: Promise<RecoveringChannelModel>;
  private current: C | undefined;
  private blockedBecause: string | undefined;

  constructor(
    url: string,
    private readonly name: string,
    private readonly openChannel: (connection: ChannelModel) => Promise<C>,
    private readonly prepare: (channel: C) => Promise<void>,
  ) {
    this.opening = connect(withHeartbeat(url), {
      timeout: CONNECT_TIMEOUT_MS,
      noDelay: true,
      clientProperties: { connection_name: name },
      recovery: {
        ...RECOVERY,
        waitForConnect: false,
        setup: (connection: ChannelModel) => this.setUp(connection),
      },
    });
    this.opening.then(
      (recovering) => this.report(recovering),
      (error: unknown) => this.logger.error(error),
    );
  }

  /** The channel, when messages can go through it now. */
  get channel(): C | undefined {
    return this.blockedBecause === undefined ? this.current : undefined;
  }

  /** Resolves at the first success. */
  async ready(): Promise<void> {
    await (await this.opening).waitForConnect();
  }

  /** A new connection takes the place of this one. What is under way on this one gets no answer. */
  renew(): void {
    const channel = this.current;
    this.current = undefined;
    void channel?.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    await (await this.opening).close();
    this.current = undefined;
  }

  private async setUp(connection: ChannelModel): Promise<void> {
    // An 'error' without listener would end the process; the 'close' that follows it is what counts.
    connection.on('error', () => undefined);
    connection.on('blocked', (reason) => {
      this.blockedBecause = reason;
      this.logger.warn(`${this.name}: RabbitMQ blocks publishers: ${reason}`);
    });
    connection.on('unblocked', () => (this.blockedBecause = undefined));
    gatherWrites(connection);
    const channel = await this.openChannel(connection);
    channel.on('error', (error) => this.logger.warn(`${this.name}: ${error.message}`));
    // Sent by the broker when a queue is deleted or moves away.
    channel.on('cancel', () => void channel.close().catch(() => undefined));
    channel.on('close', () => {
      if (this.current === channel) this.current = undefined;
      // A channel cannot be reopened; a new connection declares everything again.
      void connection.close().catch(() => undefined);
    });
    await this.prepare(channel);
    this.blockedBecause = undefined;
    this.current = channel;
  }

  private report(recovering: RecoveringChannelModel): void {
    recovering.on('error', () => undefined);
    recovering.on('connect', () => this.logger.log(`${this.name}: connected to RabbitMQ`));
    recovering.on('disconnect', (error) => this.logger.warn(`${this.name}: lost RabbitMQ: ${error.message}`));
    recovering.on('connect-failed', (error) =>
      this.logger.warn(`${this.name}: cannot use RabbitMQ, will try again: ${error.message}`),
    );
  }
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return parsed.toString();
}
