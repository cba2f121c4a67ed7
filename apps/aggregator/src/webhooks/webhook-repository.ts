import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import { announceAppended } from '@croupier/messaging';
import { arrayParameter, queryPrepared } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { ReceivedWebhook } from './received-webhook';

/** A webhook and what it says to the platform: stored together, or not at all. */
export interface WebhookToStore {
  readonly webhook: ReceivedWebhook;
  /** The first one names the webhook: its id is made of provider and webhook id. */
  readonly events: readonly [CloudEvent, ...CloudEvent[]];
}

export type StoreOutcome =
  | { readonly kind: 'stored' }
  /** Of a webhook that is stored already, by its id or its content. */
  | { readonly kind: 'duplicate'; readonly eventId: string }
  /** The id is that of another webhook, with another content. */
  | { readonly kind: 'id-reused' };

interface Known {
  /** From 1, as PostgreSQL counts. */
  readonly position: number;
  readonly event_id: string;
  /** Null when the payload it was stored with is not kept any more. */
  readonly same_content: boolean | null;
}

/** The webhook it repeats was deleted in between, at the end of its retention. */
export class RepeatedWebhookGone extends Error {}

const STORED: StoreOutcome = { kind: 'stored' };

/**
 * In one order, so that two batches that share webhooks wait for each other instead of dead-locking. A copy that
 * arrives meanwhile waits in ON CONFLICT until the first one commits or rolls back.
 */
const STORE = `
  WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::text[], $6::bytea[])
      AS given (provider, webhook_id, event_id, content_sha256, type, body)
  ), counted AS (
    INSERT INTO webhook_ids (provider, webhook_id, event_id, content_sha256)
    SELECT provider, webhook_id, event_id, content_sha256 FROM given ORDER BY provider, webhook_id
        ON CONFLICT DO NOTHING
    RETURNING event_id
  ), kept AS (
    INSERT INTO webhooks (provider, webhook_id, event_id, type, body)
    SELECT provider, webhook_id, event_id, type, body FROM given JOIN counted USING (event_id)
  ), announced AS (
    INSERT INTO outbox (id, type, event)
    SELECT id, type, event
      FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::json[]) AS announced (event_id, id, type, event)
      JOIN counted USING (event_id)
  )
  SELECT event_id FROM given WHERE event_id NOT IN (SELECT event_id FROM counted)`;

const FIND = `
  SELECT given.position::int, known.event_id, known.content_sha256 = given.body_sha256 AS same_content
    FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) WITH ORDINALITY
      AS given (provider, webhook_id, content_sha256, body_sha256, position)
   CROSS JOIN LATERAL (
         SELECT found.event_id, coalesce(found.content_sha256, sha256(webhooks.body)) AS content_sha256
           FROM (SELECT 1 AS rank, * FROM webhook_ids
                  WHERE provider = given.provider AND webhook_id = given.webhook_id
                  UNION ALL
                 SELECT 2, * FROM webhook_ids
                  WHERE provider = given.provider AND webhook_ids.content_sha256 = given.content_sha256) AS found
           LEFT JOIN webhooks USING (event_id, received_at)
          ORDER BY rank LIMIT 1) AS known`;

@Injectable()
export class WebhookRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Stores what is not stored yet, in one transaction; answers in the order of the batch. It takes one round trip, and
   * another one when there are repeats.
   */
  async storeAll(batch: readonly WebhookToStore[]): Promise<readonly StoreOutcome[]> {
    const firsts = new Map<string, WebhookToStore>();
    for (const given of batch) {
      const { id } = given.events[0];
      if (!firsts.has(id)) firsts.set(id, given);
    }
    const known = await this.insert([...firsts.values()]);
    if (known.size === 0 && firsts.size === batch.length) return batch.map(() => STORED);
    const outcomes = batch.map((given) => {
      const { id } = given.events[0];
      return firsts.get(id) === given && !known.has(id) ? STORED : undefined;
    });
    await this.explain(batch, outcomes);
    return outcomes as StoreOutcome[];
  }

  /** Answers the ids of the first events of what was not stored, because it is known. */
  private async insert(batch: readonly WebhookToStore[]): Promise<ReadonlySet<string>> {
    const webhooks = batch.map(({ webhook }) => webhook);
    const eventIds = batch.map(({ events }) => events[0].id);
    const events = batch.flatMap((given) => given.events);
    const owners = batch.flatMap((given) => given.events.map(() => given.events[0].id));
    const rows = await queryPrepared<{ event_id: string }>(this.dataSource, 'store-webhooks', STORE, [
      arrayParameter.text(webhooks.map(({ provider }) => provider)),
      arrayParameter.text(webhooks.map(({ webhookId }) => webhookId)),
      arrayParameter.uuid(eventIds),
      arrayParameter.bytea(webhooks.map(({ contentSha256 }) => contentSha256)),
      arrayParameter.text(webhooks.map(({ type }) => type)),
      arrayParameter.bytea(webhooks.map(({ body }) => body)),
      arrayParameter.uuid(owners),
      arrayParameter.uuid(events.map(({ id }) => id)),
      arrayParameter.text(events.map(({ type }) => type)),
      arrayParameter.json(events.map((event) => JSON.stringify(event))),
    ]);
    if (rows.length < batch.length) announceAppended(this.dataSource);
    return new Set(rows.map((row) => row.event_id));
  }

  /** Fills in what became of those that were not stored. */
  private async explain(
    batch: readonly WebhookToStore[],
    outcomes: (StoreOutcome | undefined)[],
  ): Promise<void> {
    const open = [...outcomes.keys()].filter((index) => outcomes[index] === undefined);
    const repeats = open.map((index) => (batch[index] as WebhookToStore).webhook);
    const rows = await queryPrepared<Known>(this.dataSource, 'find-webhooks', FIND, [
      arrayParameter.text(repeats.map(({ provider }) => provider)),
      arrayParameter.text(repeats.map(({ webhookId }) => webhookId)),
      arrayParameter.bytea(repeats.map(({ contentSha256 }) => contentSha256)),
      arrayParameter.bytea(repeats.map(({ body }) => createHash('sha256').update(body).digest())),
    ]);
    for (const { position, event_id: eventId, same_content: sameContent } of rows)
      outcomes[open[position - 1] as number] =
        sameContent === false ? { kind: 'id-reused' } : { kind: 'duplicate', eventId };
    if (rows.length < open.length) throw new RepeatedWebhookGone();
  }
}
