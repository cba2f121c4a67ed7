import { Injectable } from '@nestjs/common';
import type { AlertChannelSettings } from '@croupier/contracts';
import { LogLevel, WebClient } from '@slack/web-api';
import { AlertsConfig } from '../../alerts-config';
import type { Outgoing } from '../outgoing';
import { slackFault } from './slack-fault';
import { slackMessage } from './slack-message';
import { SlackThreads } from './slack-threads';

type SlackSettings = Extract<AlertChannelSettings, { kind: 'slack' }>;

/** Posts messages, those of one incident in one thread. */
@Injectable()
export class SlackChannel {
  constructor(
    private readonly threads: SlackThreads,
    private readonly config: AlertsConfig,
  ) {}

  /** @throws DeliveryFault */
  async send(outgoing: Outgoing, { conversation, apiUrl }: SlackSettings): Promise<string> {
    const { deliveryId, channel, message } = outgoing;
    const thread = { channel, conversation, incident: message.incident };
    const first = await this.threads.find(thread);
    const call = {
      channel: conversation,
      ...slackMessage(message),
      // So that whoever reads the conversation can tell a message that was posted twice.
      metadata: { event_type: 'croupier_alert', event_payload: { delivery: deliveryId, kind: message.kind } },
      unfurl_links: false,
      unfurl_media: false,
    };
    const client = this.client(apiUrl, outgoing);
    const answer = await client.chat
      .postMessage(first === null ? call : { ...call, thread_ts: first })
      .catch((error: unknown) => {
        throw slackFault(error);
      });
    const { ts, channel: conversationId } = answer;
    if (first === null && ts !== undefined)
      await this.threads.keep(thread, conversationId ?? conversation, ts);
    return `posted as ${ts ?? 'a message'}${first === null ? '' : ` in the thread of ${first}`}`;
  }

  /** One call and no more: when to try again is the delivery's to decide, so that it survives this process. */
  private client(apiUrl: string, { secret, signal }: Outgoing): WebClient {
    return new WebClient(secret, {
      slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logLevel: LogLevel.ERROR,
      fetch: (url, init) =>
        fetch(url, {
          ...init,
          signal: AbortSignal.any([signal, AbortSignal.timeout(this.config.callTimeoutMs)]),
        }),
    });
  }
}
