import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ProviderTest, TestProviderRequest } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';
import { eventIdOf } from '../webhooks/event-id';
import { TRIAL_TYPE, type Reading } from '../webhooks/received-webhook';
import { unknownProvider } from '../webhooks/webhook-problems';
import { readContent, verified } from '../webhooks/webhook-reader';
import { WebhookAcceptance } from '../webhooks/webhook-acceptance';
import { invalidField } from './provider-problems';
import { secretsAt } from './provider-profile';
import { ProviderProfiles } from './provider-profiles';

/**
 * Sends a sample the whole way: signed as the provider signs, verified, read, filtered, committed with its event, and
 * published. The event tells what a genuine webhook would have published, and nobody acts on it.
 */
@Injectable()
export class ProviderTrial {
  constructor(
    private readonly profiles: ProviderProfiles,
    private readonly acceptance: WebhookAcceptance,
  ) {}

  /** Where it comes from, how often and whether the provider is paused is not asked: an operator sends it. */
  async run(provider: string, { payload, headers }: TestProviderRequest): Promise<ProviderTest> {
    const profile = await this.profiles.of(provider);
    if (!profile) throw unknownProvider(provider);
    const sample = payload ?? profile.payload.sample;
    if (sample === undefined)
      throw invalidField('payload', 'must be a body of the provider: a mapping has no sample of its own');
    const body = Buffer.from(JSON.stringify(sample));
    const now = new Date();
    const id = `test_${randomUUID()}`;
    const signed = profile.scheme.sign(body, id, secretsAt(profile, now.getTime()), now.getTime());
    const request = { body, headers: { ...headers, ...signed.headers } };
    const { webhookId } = verified(profile, request, signed.secrets, now.getTime());
    // The same sample may be sent again: it never counts as a repeat.
    const reading = await readContent(profile, request, { webhookId: id, contentSha256: undefined }, now);
    const events = publishedBy(reading);
    const event = newEvent(
      'webhook.tested',
      { provider, webhookId, types: events.map(({ type }) => type) },
      { source: 'croupier/aggregator', id: eventIdOf(provider, id) },
    );
    await this.acceptance.accept(
      { provider, webhookId: id, type: TRIAL_TYPE, body, contentSha256: undefined },
      [event],
    );
    return {
      webhookId: id,
      eventId: event.id,
      outcome: reading.kind === 'ignored' ? 'ignored' : 'accepted',
      reason: reading.kind === 'ignored' ? reading.reason : null,
      events,
    };
  }
}

function publishedBy(reading: Reading): { type: string; data: unknown }[] {
  return reading.kind === 'ignored' ? [] : reading.events.map(({ type, data }) => ({ type, data }));
}
