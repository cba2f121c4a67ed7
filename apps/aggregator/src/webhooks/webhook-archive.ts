import { Injectable } from '@nestjs/common';
import type { StoredWebhook, WebhookPage, WebhookQuery } from '@croupier/contracts';
import { DataSource } from 'typeorm';
import { searchTooBroad } from './archive-problems';
import { cursorOf, readCursor } from './page-cursor';

/** A search for text reads bodies; it may read this long. */
const STATEMENT_TIMEOUT = '5s';
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: query_canceled */
const CANCELED = '57014';

interface Row extends Omit<StoredWebhook, 'receivedAt'> {
  /** RFC 3339 with the microseconds that a JavaScript date has not. */
  receivedAt: string;
}

export interface ArchivedWebhook {
  readonly summary: StoredWebhook;
  readonly body: Buffer;
}

const COLUMNS = `event_id AS id, provider, webhook_id AS "webhookId", type, length(body) AS "sizeBytes",
  to_char(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "receivedAt"`;

/** Accepted webhooks, as long as they are kept. */
@Injectable()
export class WebhookArchive {
  constructor(private readonly dataSource: DataSource) {}

  /** The latest first. */
  async search(query: WebhookQuery): Promise<WebhookPage> {
    const { conditions, parameters } = conditionsOf(query);
    const rows = await this.bounded(
      `SELECT ${COLUMNS} FROM webhooks ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
        ORDER BY received_at DESC, event_id DESC LIMIT ${query.limit + 1}`,
      parameters,
    );
    const webhooks = rows.slice(0, query.limit);
    const last = webhooks.at(-1);
    return { webhooks, next: rows.length > query.limit && last ? cursorOf(last.receivedAt, last.id) : null };
  }

  async find(id: string): Promise<ArchivedWebhook | undefined> {
    const [row] = await this.dataSource.query<(Row & { body: Buffer })[]>(
      `SELECT ${COLUMNS}, body FROM webhooks WHERE event_id = $1`,
      [id],
    );
    if (!row) return undefined;
    const { body, ...summary } = row;
    return { summary, body };
  }

  private async bounded(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.dataSource.transaction(async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = '${STATEMENT_TIMEOUT}'`);
        return tx.query<Row[]>(sql, [...parameters]);
      });
    } catch (error) {
      if ((error as { code?: unknown }).code === CANCELED) throw searchTooBroad();
      throw error;
    }
  }
}

function conditionsOf(query: WebhookQuery): { conditions: string[]; parameters: unknown[] } {
  const { provider, type, webhookId, since, until, contains, after } = query;
  const parameters: unknown[] = [];
  const bound = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions: string[] = [];
  if (provider !== undefined) conditions.push(`provider = ${bound(provider)}`);
  if (type !== undefined) conditions.push(`type = ${bound(type)}`);
  if (webhookId !== undefined) conditions.push(`webhook_id = ${bound(webhookId)}`);
  if (since !== undefined) conditions.push(`received_at >= ${bound(since)}::timestamptz`);
  if (until !== undefined) conditions.push(`received_at < ${bound(until)}::timestamptz`);
  if (contains !== undefined) conditions.push(`position(convert_to(${bound(contains)}, 'UTF8') in body) > 0`);
  if (after !== undefined) {
    const { receivedAt, id } = readCursor(after);
    // The first condition is implied by the second, and the one that an index and the partitions understand.
    conditions.push(
      `received_at <= ${bound(receivedAt)}::timestamptz`,
      `(received_at, event_id) < (${bound(receivedAt)}::timestamptz, ${bound(id)}::uuid)`,
    );
  }
  return { conditions, parameters };
}
