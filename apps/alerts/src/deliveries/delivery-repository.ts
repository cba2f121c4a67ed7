import { Injectable } from '@nestjs/common';
import type { AlertDeliveryState } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import { AlertsConfig } from '../alerts-config';
import type { DeliveryRecord, NewDelivery } from './delivery';

export interface DeliverySearch {
  readonly channel?: string | undefined;
  readonly state?: AlertDeliveryState | undefined;
  readonly releaseId?: string | undefined;
  /** Only deliveries that are older than this one. */
  readonly beforeSequence: string | null;
  readonly limit: number;
}

export interface LoggedAttempt {
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  readonly outcome: 'delivered' | 'failed';
  readonly detail: string;
}

const COLUMNS = `id, sequence, channel, route, message, state, held_until AS "heldUntil", digest_id AS "digestId",
  attempts, detail, next_attempt_at AS "nextAttemptAt", created_at AS "createdAt", finished_at AS "finishedAt"`;

/** How long deliveries are kept that are over. Each new one removes some older ones, so that the table stays as large as that. */
const KEPT = '90 days';
const FORGOTTEN_AT_ONCE = 10;

/** Deliveries as people see them, with their log. */
@Injectable()
export class DeliveryRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly config: AlertsConfig,
  ) {}

  async insert(tx: Transaction, { id, channel, route, message, heldUntil }: NewDelivery): Promise<void> {
    await tx.query(
      `DELETE FROM alert_deliveries WHERE id IN (
         SELECT id FROM alert_deliveries WHERE finished_at < now() - interval '${KEPT}'
          LIMIT ${FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED)`,
    );
    await tx.query(
      `INSERT INTO alert_deliveries (id, channel, route, incident, action, release_id, message, state, held_until,
         attempt_limit)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[id, channel, route, message.incident, message.action, message.releaseId],
        ...[
          JSON.stringify(message),
          heldUntil === null ? 'waiting' : 'held',
          heldUntil,
          this.config.attempts,
        ],
      ],
    );
  }

  async find(id: string): Promise<DeliveryRecord | null> {
    const [row] = await this.dataSource.query<DeliveryRecord[]>(
      `SELECT ${COLUMNS} FROM alert_deliveries WHERE id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Oldest first. */
  log(id: string): Promise<LoggedAttempt[]> {
    return this.dataSource.query<LoggedAttempt[]>(
      `SELECT number, at, duration_ms AS "durationMs", outcome, detail FROM alert_delivery_attempts
        WHERE delivery_id = $1 ORDER BY number`,
      [id],
    );
  }

  /** Newest first. */
  search({ channel, state, releaseId, beforeSequence, limit }: DeliverySearch): Promise<DeliveryRecord[]> {
    return this.dataSource.query<DeliveryRecord[]>(
      `SELECT ${COLUMNS} FROM alert_deliveries
        WHERE ($1::text IS NULL OR channel = $1) AND ($2::text IS NULL OR state = $2)
          AND ($3::uuid IS NULL OR release_id = $3) AND ($4::bigint IS NULL OR sequence < $4)
        ORDER BY sequence DESC LIMIT $5`,
      [channel ?? null, state ?? null, releaseId ?? null, beforeSequence, limit],
    );
  }

  /** Answers whether it had failed. */
  async tryAgain(tx: Transaction, id: string): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE alert_deliveries SET state = 'waiting', next_attempt_at = now(), finished_at = NULL,
         attempt_limit = attempts + $2
        WHERE id = $1 AND state = 'failed' RETURNING id`,
      [id, this.config.attempts],
    );
    return rows.length > 0;
  }
}
