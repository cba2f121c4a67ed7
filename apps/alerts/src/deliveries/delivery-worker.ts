import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ClaimLoop, growingDelayMs, Metrics } from '@croupier/service-kit';
import { AlertsConfig } from '../alerts-config';
import { Channels } from '../channels/channels';
import { DeliveryFault } from '../channels/delivery-fault';
import { ChannelBook, type Channel } from '../documents/channel-book';
import type { Attempt, ClaimedDelivery } from './delivery';
import { DeliveryQueue } from './delivery-queue';
import { DigestMaker } from './digest-maker';

const AT_ONCE = 8;
/** For retries that are due, for digests, and for what other replicas have left; news wakes it sooner. */
const LOOK_EVERY_MS = 500;

/** Sends what is to be sent, several deliveries at a time. */
@Injectable()
export class DeliveryWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(DeliveryWorker.name);
  private readonly loop: ClaimLoop<ClaimedDelivery>;
  private readonly attempts;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly digests: DigestMaker,
    private readonly book: ChannelBook,
    private readonly channels: Channels,
    private readonly config: AlertsConfig,
    metrics: Metrics,
  ) {
    this.attempts = metrics.counter<'channel' | 'outcome'>({
      name: 'alert_delivery_attempts_total',
      help: 'Attempts to send a message: delivered, to be repeated, or given up',
      labelNames: ['channel', 'outcome'],
    });
    this.loop = new ClaimLoop({
      atOnce: AT_ONCE,
      everyMs: LOOK_EVERY_MS,
      prepare: () => this.digests.makeDue(),
      claim: () => this.queue.claim(),
      // What is not recorded is found by whoever takes the delivery over when its lease has ended.
      work: (delivery) =>
        this.work(delivery).catch((error: Error) =>
          this.logger.warn(`The outcome at ${delivery.channel} is not recorded: ${error.message}`),
        ),
      onFailed: (error) => this.logger.warn(`No delivery can be taken: ${error.message}`),
    });
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** There may be something to do. */
  wake(): void {
    this.loop.wake();
  }

  private async work(delivery: ClaimedDelivery): Promise<void> {
    const startedMs = performance.now();
    const attempt = (outcome: Attempt['outcome'], detail: string): Attempt => ({
      ...{ outcome, detail },
      durationMs: performance.now() - startedMs,
    });
    try {
      const channel = await this.book.find(delivery.channel);
      if (!channel?.document.enabled) {
        const detail = `${delivery.channel} is ${channel ? 'disabled' : 'no channel any more'}`;
        return await this.queue.end(delivery, 'skipped', attempt('failed', detail));
      }
      const detail = await this.send(delivery, channel);
      this.attempts.inc({ channel: delivery.channel, outcome: 'delivered' });
      await this.queue.end(delivery, 'delivered', attempt('delivered', detail));
    } catch (error) {
      const fault = faultOf(error);
      await this.afterFailure(delivery, fault, attempt('failed', fault.message));
    }
  }

  private send(
    { id: deliveryId, message, attempts, attemptLimit }: ClaimedDelivery,
    channel: Channel,
  ): Promise<string> {
    // A process that ends in the middle counts as well, or a message that ends it would end every replica, for ever.
    if (attempts > attemptLimit)
      throw new DeliveryFault('given up: the last attempt did not come to an end', false);
    const secret = this.openedSecret(channel);
    const { signal } = this.loop;
    const outgoing = { deliveryId, channel: channel.name, message, secret, signal };
    return this.channels.send(outgoing, channel.document.settings);
  }

  private openedSecret(channel: Channel): string {
    try {
      return this.book.secretOf(channel);
    } catch (error) {
      const why = 'its secret cannot be opened; set it anew, or SECRETS_KEY as it was';
      throw new DeliveryFault(`${why}: ${(error as Error).message}`, true);
    }
  }

  private async afterFailure(
    delivery: ClaimedDelivery,
    fault: DeliveryFault,
    attempt: Attempt,
  ): Promise<void> {
    if (this.loop.signal.aborted) return this.queue.giveBack(delivery);
    const { channel, attempts, attemptLimit } = delivery;
    if (!fault.retryable || attempts >= attemptLimit) {
      this.logger.error(`${channel} was not told after ${attempts} attempts: ${fault.message}`);
      this.attempts.inc({ channel, outcome: 'given-up' });
      return this.queue.end(delivery, 'failed', attempt);
    }
    this.attempts.inc({ channel, outcome: 'failed' });
    const { firstRetryMs, longestRetryMs: longestMs } = this.config;
    await this.queue.retry(delivery, attempt, {
      delayMs: growingDelayMs(attempts, firstRetryMs, fault.retryAfterMs, { longestMs }),
      pausesChannel: fault.retryAfterMs !== null,
    });
  }
}

/** What nobody has foreseen, such as PostgreSQL hanging up, may pass. */
function faultOf(error: unknown): DeliveryFault {
  return error instanceof DeliveryFault
    ? error
    : new DeliveryFault((error as Error).message || String(error), true);
}
