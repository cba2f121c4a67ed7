import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { CloudEvent, WebhookAccepted } from '@croupier/contracts';
import { GroupCommit, GroupCommitFull } from '@croupier/messaging';
import { isTransient } from '@croupier/persistence';
import { storageUnavailable } from '@croupier/service-kit';
import { AggregatorConfig } from '../aggregator-config';
import { acceptanceFull, webhookIdReused } from './acceptance-problems';
import type { ReceivedWebhook } from './received-webhook';
import {
  RepeatedWebhookGone,
  WebhookRepository,
  type StoreOutcome,
  type WebhookToStore,
} from './webhook-repository';

/** Bytes of a webhook in memory beside its body: its events, headers and promise. */
const OVERHEAD_BYTES = 4_096;
const WARNING_INTERVAL_MS = 10_000;
/** SQLSTATE: a deadlock or a serialization failure of two batches; either goes through when it is repeated. */
const CONFLICTS = new Set(['40P01', '40001']);

/** Stores what was read. Webhooks that come at the same time share a commit. */
@Injectable()
export class WebhookAcceptance implements OnApplicationShutdown {
  private readonly logger = new Logger(WebhookAcceptance.name);
  private silentUntilMs = 0;
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
    let outcome: StoreOutcome;
    try {
      outcome = await this.group.submit({ webhook, events });
    } catch (error) {
      throw this.refusalOf(error);
    }
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

  private refusalOf(error: unknown): unknown {
    if (error instanceof GroupCommitFull) return acceptanceFull();
    if (!passesByItself(error)) return error;
    this.warn(error as Error);
    return storageUnavailable();
  }

  /** An outage is one story, however many webhooks it turns away. */
  private warn({ message }: Error): void {
    if (performance.now() < this.silentUntilMs) return;
    this.silentUntilMs = performance.now() + WARNING_INTERVAL_MS;
    this.logger.warn(`Webhooks cannot be stored now: ${message}`);
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
