import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { CloudEvent, RedeliverRequest, Redelivery } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { ProviderProfiles } from '../providers/provider-profiles';
import { nothingToRedeliver, unknownWebhook } from './archive-problems';
import { TRIAL_TYPE } from './received-webhook';
import { unknownProvider } from './webhook-problems';
import { WebhookArchive } from './webhook-archive';
import { readContent } from './webhook-reader';

/** Publishes once more what an accepted webhook says, read as the provider is set up now. */
@Injectable()
export class WebhookRedelivery {
  private readonly logger = new Logger(WebhookRedelivery.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly archive: WebhookArchive,
    private readonly profiles: ProviderProfiles,
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  async redeliver(id: string, { reason, asNew }: RedeliverRequest, actor: string): Promise<Redelivery> {
    const archived = await this.archive.find(id);
    if (!archived) throw unknownWebhook(id);
    const { summary, body } = archived;
    if (summary.type === TRIAL_TYPE) throw nothingToRedeliver('It was a sample: it would become genuine.');
    const profile = await this.profiles.of(summary.provider);
    if (!profile) throw unknownProvider(summary.provider);
    const identity = { webhookId: summary.webhookId, contentSha256: undefined };
    const reading = await readContent(profile, { body, headers: {} }, identity, new Date(summary.receivedAt));
    if (reading.kind === 'ignored') throw nothingToRedeliver(reading.reason);
    const events: CloudEvent[] = reading.events.map((event) =>
      asNew ? { ...event, id: randomUUID() } : event,
    );
    await this.dataSource.transaction(async (tx) => {
      await this.outbox.append(tx, ...events);
      const { provider } = summary;
      const object = { type: 'webhook', id };
      const after = { asNew, events: events.map((event) => event.id) };
      await this.audit.record(tx, { provider, actor, action: 'webhook.redelivered', object, reason, after });
    });
    this.logger.log(`Redelivered ${id} of ${summary.provider}${asNew ? ' as new' : ''}: ${reason}`);
    return { id, events: events.map((event) => ({ id: event.id, type: event.type })) };
  }
}
