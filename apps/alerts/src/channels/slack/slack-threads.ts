import { Injectable } from '@nestjs/common';
import type { AlertMessage } from '@croupier/contracts';
import { DataSource } from 'typeorm';

/** As long as deliveries are kept. */
const KEPT = '90 days';

/** The first message of an incident in a conversation. */
export interface SlackThread {
  readonly channel: string;
  /** As the channel's settings name it. */
  readonly conversation: string;
  readonly incident: string;
}

/** The message that began it. */
export interface FirstPost {
  readonly ts: string;
  readonly conversationId: string;
  readonly message: AlertMessage;
}

/** Which message an incident's later ones answer. */
@Injectable()
export class SlackThreads {
  constructor(private readonly dataSource: DataSource) {}

  async find({ channel, conversation, incident }: SlackThread): Promise<FirstPost | null> {
    const [row] = await this.dataSource.query<FirstPost[]>(
      `SELECT ts, conversation_id AS "conversationId", message FROM alert_threads
        WHERE channel = $1 AND conversation = $2 AND incident = $3`,
      [channel, conversation, incident],
    );
    return row ?? null;
  }

  async keep({ channel, conversation, incident }: SlackThread, first: FirstPost): Promise<void> {
    await this.dataSource.query('DELETE FROM alert_threads WHERE created_at < now() - $1::interval', [KEPT]);
    await this.dataSource.query(
      `INSERT INTO alert_threads (channel, conversation, incident, conversation_id, ts, message)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      [channel, conversation, incident, first.conversationId, first.ts, JSON.stringify(first.message)],
    );
  }
}
