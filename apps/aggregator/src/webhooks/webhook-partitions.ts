import { Injectable } from '@nestjs/common';
import { changePartitions, partitionsOf, type Transaction } from '@croupier/persistence';
import { DataSource } from 'typeorm';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days that have their partition before they begin. */
const DAYS_AHEAD = 7;
const TURN = { turn: 'croupier.aggregator.webhook-partitions', lockTimeoutMs: 500 };
const DELETION_BATCH = 5_000;
const MAX_DELETIONS = 200;
const NAME = /^webhooks_(\d{4})(\d{2})(\d{2})$/;

/** Accepted webhooks lie in a table a day (UTC): what has had its time goes as a whole, without a row being deleted. */
@Injectable()
export class WebhookPartitions {
  constructor(private readonly dataSource: DataSource) {}

  /** Those of today and of the days ahead. Whatever the table of the rest holds of these days moves into them. */
  async create(now: Date): Promise<void> {
    const existing = new Set(await this.names());
    for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
      const day = startOfDay(now, ahead);
      if (!existing.has(nameOf(day))) await this.inTurn((tx) => this.createOne(tx, day));
    }
  }

  /** Drops the days that end before `cutoff`, and what the table of the rest holds from before it. */
  async drop(cutoff: Date): Promise<string[]> {
    const dropped: string[] = [];
    for (const name of await this.names()) {
      if (dayOf(name).getTime() + DAY_MS > cutoff.getTime()) continue;
      await this.inTurn((tx) => tx.query(`DROP TABLE IF EXISTS ${name}`));
      dropped.push(name);
    }
    await this.deleteInBatches('webhooks_rest', cutoff);
    return dropped;
  }

  /** Ends the time in which repeats of what arrived before `cutoff` are known as such. */
  forgetIds(cutoff: Date): Promise<void> {
    return this.deleteInBatches('webhook_ids', cutoff);
  }

  private inTurn(change: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
    return changePartitions(this.dataSource, TURN, change);
  }

  private async names(): Promise<string[]> {
    return (await partitionsOf(this.dataSource, 'webhooks')).filter((name) => NAME.test(name));
  }

  /** ATTACH takes a lock that lets writers go on; CREATE TABLE ... PARTITION OF would stop them. */
  private async createOne(tx: Transaction, day: Date): Promise<void> {
    const name = nameOf(day);
    const [found] = await tx.query<{ name: string | null }[]>('SELECT to_regclass($1)::text AS name', [name]);
    if (typeof found?.name === 'string') return;
    const [from, to] = [day, startOfDay(day, 1)].map((time) => time.toISOString()) as [string, string];
    await tx.query('LOCK TABLE webhooks_rest IN ACCESS EXCLUSIVE MODE');
    await tx.query(`CREATE TABLE ${name} (LIKE webhooks INCLUDING DEFAULTS INCLUDING INDEXES)`);
    await tx.query(
      `WITH moved AS (DELETE FROM webhooks_rest WHERE received_at >= $1 AND received_at < $2 RETURNING *)
       INSERT INTO ${name} SELECT * FROM moved`,
      [from, to],
    );
    await tx.query(`ALTER TABLE webhooks ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
  }

  private async deleteInBatches(table: 'webhooks_rest' | 'webhook_ids', cutoff: Date): Promise<void> {
    for (let batch = 0; batch < MAX_DELETIONS; batch++) {
      const [, deleted] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${table} WHERE received_at < $1 LIMIT $2))`,
        [cutoff, DELETION_BATCH],
      );
      if (deleted < DELETION_BATCH) return;
    }
  }
}

function startOfDay(time: Date, later: number): Date {
  return new Date(Math.floor(time.getTime() / DAY_MS + later) * DAY_MS);
}

function nameOf(day: Date): string {
  return `webhooks_${day.toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function dayOf(name: string): Date {
  return new Date(name.replace(NAME, '$1-$2-$3T00:00:00Z'));
}
