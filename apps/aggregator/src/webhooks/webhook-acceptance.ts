import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { CloudEvent, WebhookAccepted } from '@croupier/contracts';
import { GroupCommit, GroupCommitFull } from '@croupier/messaging';
import { isTransient } from '@croupier/persistence';
import { AggregatorConfig } from '../aggregator-config';
import { acceptanceFull, storageUnavailable, webhookIdReused } from './acceptance-problems';
import type { ReceivedWebhook } from './received-webhook';
import {
  RepeatedWebhookGone,
  WebhookRepository,
  type StoreOutcome,
  type WebhookToStore,
} from './webhook-repository';

/** Bytes of a webhook in memory beside its body: its events, headers and promise. */
const OVERHEAD_BYTES = 4_096;
/** SQLSTATE: a deadlock or a serialization failure of two batches; either goes through when it is repeated. */
const CONFLICTS = new Set(['40P01', '40001']);

/** Stores what was read. Webhooks that come at the same time share a commit. */
@Injectable()
export class WebhookAcceptance implements OnApplicationShutdown {
  private readonly logger = new Logger(WebhookAcceptance.name);
  private readonly group: GroupCommit<WebhookToStore, StoreOutcome>;

  constructor(webhooks: WebhookRepository, config: AggregatorConfig) {
    this.group = new GroupCommit<WebhookToStore, StoreOutcome>({
      commit: (batch) => webhooks.storeAll(batch),
      sizeOf: ({ webhook }) => webhook.body.length + OVERHEAD_BYTES,
      isTransient: passesByItself,
      maxWaiting: config.webhooksWaitingMax,
    });
  }

  /**
   * Returns once the webhook and its events are committed.
   * @throws ProblemException
   */
  async accept(
    webhook: ReceivedWebhook,
    events: readonly [CloudEvent, ...CloudEvent[]],
  ): Promise<WebhookAccepted> {
    const { webhookId } = webhook;
    const outcome = await this.store({ webhook, events });
    switch (outcome.kind) {
      case 'stored':
        return { webhookId, eventId: events[0].id, duplicate: false };
      case 'duplicate':
        return { webhookId, eventId: outcome.eventId, duplicate: true };
      case 'id-reused':
        throw webhookIdReused(webhookId);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.group.close();
  }

  private async store(given: WebhookToStore): Promise<StoreOutcome> {
    try {
      return await this.group.submit(given);
    } catch (error) {
      if (error instanceof GroupCommitFull) throw acceptanceFull();
      if (!passesByItself(error)) throw error;
      this.logger.warn(`A webhook cannot be stored now: ${(error as Error).message}`);
      throw storageUnavailable();
    }
  }
}

function passesByItself(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof RepeatedWebhookGone ||
    (typeof code === 'string' && CONFLICTS.has(code)) ||
    isTransient(error)
  );
}
