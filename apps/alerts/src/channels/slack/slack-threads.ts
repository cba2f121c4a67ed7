import { Injectable } from '@nestjs/common';
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

/** Which message an incident's later ones answer. */
@Injectable()
export class SlackThreads {
  constructor(private readonly dataSource: DataSource) {}

  /** The `ts` of the first message. */
  async find({ channel, conversation, incident }: SlackThread): Promise<string | null> {
    const [row] = await this.dataSource.query<{ ts: string }[]>(
      'SELECT ts FROM alert_threads WHERE channel = $1 AND conversation = $2 AND incident = $3',
      [channel, conversation, incident],
    );
    return row?.ts ?? null;
  }

  async keep(thread: SlackThread, conversationId: string, ts: string): Promise<void> {
    const { channel, conversation, incident } = thread;
    await this.dataSource.query('DELETE FROM alert_threads WHERE created_at < now() - $1::interval', [KEPT]);
    await this.dataSource.query(
      `INSERT INTO alert_threads (channel, conversation, incident, conversation_id, ts)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [channel, conversation, incident, conversationId, ts],
    );
  }
}
