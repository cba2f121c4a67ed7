import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';
import type { Attempt, ClaimedDelivery } from './delivery';

/** Longer than any call may take, so that no delivery is in two hands while both live. */
const LEASE_SECONDS = 90;

export interface Retry {
  readonly delayMs: number;
  /** The receiver asked to be left alone, by everybody. */
  readonly pausesChannel: boolean;
}

/** Deliveries are leased, by the clock of PostgreSQL: of a replica that is gone, another one takes over what it had. */
@Injectable()
export class DeliveryQueue {
  constructor(private readonly dataSource: DataSource) {}

  /** The next one that may be sent. Those of one incident go to a channel one after the other, in their order. */
  async claim(): Promise<ClaimedDelivery | null> {
    const [rows] = await this.dataSource.query<[ClaimedDelivery[], number]>(
      `UPDATE alert_deliveries SET state = 'running', attempts = attempts + 1, lease_token = $1,
         leased_until = now() + make_interval(secs => $2)
       WHERE id = (
         SELECT d.id FROM alert_deliveries d
          WHERE ((d.state = 'waiting' AND d.next_attempt_at <= now())
              OR (d.state = 'running' AND d.leased_until <= now()))
            AND NOT EXISTS (
              SELECT 1 FROM alert_deliveries earlier
               WHERE earlier.incident = d.incident AND earlier.channel = d.channel
                 AND earlier.sequence < d.sequence AND earlier.state IN ('waiting', 'running'))
            AND NOT EXISTS (
              SELECT 1 FROM alert_channel_pauses p WHERE p.channel = d.channel AND p.until > now())
          ORDER BY d.sequence LIMIT 1
          FOR UPDATE OF d SKIP LOCKED)
       RETURNING id, channel, message, attempts, attempt_limit AS "attemptLimit", lease_token AS "leaseToken"`,
      [randomUUID(), LEASE_SECONDS],
    );
    return rows[0] ?? null;
  }

  /** Nothing happens when the delivery has passed on to another replica. */
  async retry(delivery: ClaimedDelivery, attempt: Attempt, { delayMs, pausesChannel }: Retry): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(
        `UPDATE alert_deliveries SET state = 'waiting', lease_token = NULL, leased_until = NULL,
           next_attempt_at = now() + make_interval(secs => $3), detail = $4
          WHERE id = $1 AND lease_token = $2`,
        [delivery.id, delivery.leaseToken, delayMs / 1000, attempt.detail],
      );
      await log(tx, delivery, attempt);
      if (!pausesChannel) return;
      await tx.query(
        `INSERT INTO alert_channel_pauses AS p (channel, until) VALUES ($1, now() + make_interval(secs => $2))
         ON CONFLICT (channel) DO UPDATE SET until = greatest(p.until, excluded.until)`,
        [delivery.channel, delayMs / 1000],
      );
    });
  }

  /** The process stops in the middle of it: that was no attempt. */
  async giveBack({ id, leaseToken }: ClaimedDelivery): Promise<void> {
    await this.dataSource.query(
      `UPDATE alert_deliveries SET state = 'waiting', lease_token = NULL, leased_until = NULL, attempts = attempts - 1,
         next_attempt_at = now()
        WHERE id = $1 AND lease_token = $2`,
      [id, leaseToken],
    );
  }

  async end(
    delivery: ClaimedDelivery,
    state: 'delivered' | 'failed' | 'skipped',
    attempt: Attempt,
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(
        `UPDATE alert_deliveries SET state = $3, lease_token = NULL, leased_until = NULL, finished_at = now(), detail = $4
          WHERE id = $1 AND lease_token = $2`,
        [delivery.id, delivery.leaseToken, state, attempt.detail],
      );
      if (state !== 'skipped') await log(tx, delivery, attempt);
    });
  }
}

async function log(
  tx: Transaction,
  { id, attempts }: ClaimedDelivery,
  { durationMs, outcome, detail }: Attempt,
): Promise<void> {
  await tx.query(
    `INSERT INTO alert_delivery_attempts (delivery_id, number, duration_ms, outcome, detail)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [id, attempts, durationMs, outcome, detail],
  );
}
