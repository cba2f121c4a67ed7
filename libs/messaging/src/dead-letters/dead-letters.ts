import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { DeadLetter, DeadMessage } from '../bus';
import { newEvent } from '../new-event';
import { Outbox } from '../outbox/outbox';

export type DeadLetterState = 'open' | 'replayed' | 'discarded';

export interface KeptDeadLetter {
  readonly id: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly type: string;
  readonly error: string;
  readonly stack: string;
  readonly attempts: number;
  readonly deadAt: Date;
  readonly state: DeadLetterState;
  readonly resolvedAt: Date | null;
  /** Why it was replayed or discarded. */
  readonly resolution: string | null;
  readonly message: DeadMessage;
}

export interface DeadLetterSearch {
  readonly state: DeadLetterState;
  readonly type?: string | undefined;
  /** Older ones than this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** What is to be done in the transaction of the resolution, if it comes to one. */
type Also = (tx: Transaction) => Promise<void>;

export type Resolution = 'done' | 'not-found' | 'not-open' | 'unreadable';

interface Row {
  id: string;
  consumer: string;
  message_id: string;
  type: string;
  event: CloudEvent | null;
  content: Buffer | null;
  error: string;
  stack: string;
  attempts: number;
  dead_at: Date;
  state: DeadLetterState;
  resolved_at: Date | null;
  resolution: string | null;
}

/** How long it can be looked up what became of a dead letter. */
const RESOLVED_RETENTION = '30 days';

/** What a service could not handle, on either transport: kept until somebody replays or discards it. */
@Injectable()
export class DeadLetters {
  private readonly outbox = new Outbox();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * One letter a message: dead again, it is open again, and its attempts add up. The same letter counts once.
   * `message.dead` tells of it, unless that is what has died: one that nobody can handle must not make another one.
   */
  async store({ consumer, message, error, attempts, deadAt }: DeadLetter): Promise<void> {
    const { messageId, type, event, content } = columnsOf(message);
    const text = storable(error.message);
    await this.dataSource.transaction(async (tx) => {
      const stored = await tx.query<unknown[]>(
        `INSERT INTO dead_letters (consumer, message_id, type, event, content, error, stack, attempts, dead_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (consumer, message_id) DO UPDATE
           SET event = excluded.event, content = excluded.content, error = excluded.error, stack = excluded.stack,
               dead_at = excluded.dead_at, attempts = dead_letters.attempts + excluded.attempts,
               state = 'open', resolved_at = NULL, resolution = NULL
         WHERE dead_letters.dead_at < excluded.dead_at
         RETURNING id`,
        [consumer, messageId, type, event, content, text, storable(error.stack ?? ''), attempts, deadAt],
      );
      if (stored.length === 0 || type === 'message.dead') return;
      const told = { service: consumer, messageId, messageType: type, error: text, attempts };
      await this.outbox.append(tx, newEvent('message.dead', told, { source: `croupier/${consumer}` }));
    });
  }

  /** The latest first. */
  async list({ state, type, before, limit }: DeadLetterSearch): Promise<KeptDeadLetter[]> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT * FROM dead_letters
        WHERE state = $1 AND ($2::text IS NULL OR type = $2) AND ($3::bigint IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4`,
      [state, type ?? null, before ?? null, limit],
    );
    return rows.map(letterOf);
  }

  async find(id: string): Promise<KeptDeadLetter | undefined> {
    const [row] = await this.dataSource.query<Row[]>('SELECT * FROM dead_letters WHERE id = $1', [id]);
    return row && letterOf(row);
  }

  async countOpen(): Promise<number> {
    const [row] = await this.dataSource.query<{ open: number }[]>(
      `SELECT count(*)::int AS open FROM dead_letters WHERE state = 'open'`,
    );
    return row?.open ?? 0;
  }

  /** Gives the event to the consumer that failed on it, and to no other, once more. */
  replay(id: string, reason: string, also?: Also): Promise<Resolution> {
    return this.resolve(id, 'replayed', reason, also);
  }

  discard(id: string, reason: string, also?: Also): Promise<Resolution> {
    return this.resolve(id, 'discarded', reason, also);
  }

  private async resolve(
    id: string,
    state: Exclude<DeadLetterState, 'open'>,
    reason: string,
    also?: Also,
  ): Promise<Resolution> {
    return this.dataSource.transaction(async (tx) => {
      const [row] = await tx.query<Pick<Row, 'state' | 'event' | 'consumer'>[]>(
        'SELECT state, event, consumer FROM dead_letters WHERE id = $1 FOR UPDATE',
        [id],
      );
      if (!row) return 'not-found';
      if (row.state !== 'open') return 'not-open';
      if (state === 'replayed') {
        if (!row.event) return 'unreadable';
        await this.outbox.appendTo(tx, row.consumer, row.event);
      }
      await tx.query(
        'UPDATE dead_letters SET state = $2, resolved_at = now(), resolution = $3 WHERE id = $1',
        [id, state, reason],
      );
      await tx.query(
        `DELETE FROM dead_letters WHERE state <> 'open' AND resolved_at < now() - $1::interval`,
        [RESOLVED_RETENTION],
      );
      await also?.(tx);
      return 'done';
    });
  }
}

function columnsOf(message: DeadMessage): {
  messageId: string;
  type: string;
  event: string | null;
  content: Buffer | null;
} {
  switch (message.kind) {
    case 'event': {
      const { event } = message;
      return { messageId: event.id, type: event.type, event: JSON.stringify(event), content: null };
    }
    case 'unreadable': {
      const { messageId, type, content } = message;
      return { messageId: storable(messageId), type: storable(type), event: null, content };
    }
  }
}

/** PostgreSQL's `text` has no U+0000. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u2400');
}

function letterOf(row: Row): KeptDeadLetter {
  return {
    id: row.id,
    consumer: row.consumer,
    messageId: row.message_id,
    type: row.type,
    error: row.error,
    stack: row.stack,
    attempts: row.attempts,
    deadAt: row.dead_at,
    state: row.state,
    resolvedAt: row.resolved_at,
    resolution: row.resolution,
    message: row.event
      ? { kind: 'event', event: row.event }
      : {
          kind: 'unreadable',
          messageId: row.message_id,
          type: row.type,
          content: row.content ?? Buffer.alloc(0),
        },
  };
}
