import { Injectable } from '@nestjs/common';
import type { AlertChannelSettings } from '@croupier/contracts';
import { LogLevel, WebClient, type FetchFunction } from '@slack/web-api';
import { fetch } from 'undici';
import { AlertsConfig } from '../../alerts-config';
import { DeliveryFault } from '../delivery-fault';
import { AlertConnections } from '../http/alert-connections';
import type { Outgoing } from '../outgoing';
import { slackFault } from './slack-fault';
import { slackMessage } from './slack-message';
import { SlackThreads, type FirstPost } from './slack-threads';

type SlackSettings = Extract<AlertChannelSettings, { kind: 'slack' }>;

/** Posts messages, those of one incident in one thread, and marks the first one when it is over. */
@Injectable()
export class SlackChannel {
  constructor(
    private readonly threads: SlackThreads,
    private readonly config: AlertsConfig,
    private readonly connections: AlertConnections,
  ) {}

  /** @throws DeliveryFault */
  async send(outgoing: Outgoing, { conversation, apiUrl }: SlackSettings): Promise<string> {
    const { channel, message } = outgoing;
    const thread = { channel, conversation, incident: message.incident };
    const client = this.client(apiUrl, outgoing);
    const first = await this.threads.find(thread);
    // Before the answer to it: this is safe to repeat, and the answer is not.
    if (first !== null && message.action === 'resolve') await markAsOver(client, first);
    const { ts, conversationId } = await post(client, conversation, outgoing, first);
    if (first !== null) return `posted as ${ts} in the thread of ${first.ts}`;
    await this.threads.keep(thread, { ts, conversationId, message });
    return `posted as ${ts}`;
  }

  /** One call and no more: when to try again is the delivery's to decide, so that it survives this process. */
  private client(apiUrl: string, { secret, signal }: Outgoing): WebClient {
    return new WebClient(secret, {
      slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logLevel: LogLevel.ERROR,
      fetch: (url, init) => this.call(url, init, signal),
    });
  }

  private call(
    url: string | URL,
    { body, ...init }: NonNullable<Parameters<FetchFunction>[1]> = {},
    signal: AbortSignal,
  ): ReturnType<FetchFunction> {
    const timeout = AbortSignal.timeout(this.config.callTimeoutMs);
    return fetch(url, {
      ...init,
      // Only uploads of files are no text.
      body: body as string,
      dispatcher: this.connections.dispatcher,
      signal: AbortSignal.any([signal, timeout]),
    });
  }
}

async function post(
  client: WebClient,
  conversation: string,
  { deliveryId, message }: Outgoing,
  first: FirstPost | null,
): Promise<Pick<FirstPost, 'ts' | 'conversationId'>> {
  const call = {
    channel: conversation,
    ...slackMessage(message),
    // So that whoever reads the conversation can tell a message that was posted twice.
    metadata: { event_type: 'croupier_alert', event_payload: { delivery: deliveryId, kind: message.kind } },
    unfurl_links: false,
    unfurl_media: false,
  };
  const answer = await client.chat
    .postMessage(first === null ? call : { ...call, thread_ts: first.ts })
    .catch((error: unknown) => {
      throw slackFault(error);
    });
  if (answer.ts === undefined) throw new DeliveryFault('Slack answered without a ts', false);
  return { ts: answer.ts, conversationId: answer.channel ?? conversation };
}

/** Whoever reads the conversation sees without opening the thread that it is over. */
async function markAsOver(client: WebClient, { ts, conversationId, message }: FirstPost): Promise<void> {
  const over = slackMessage({ ...message, action: 'resolve' });
  await client.chat.update({ channel: conversationId, ts, ...over }).catch((error: unknown) => {
    const fault = slackFault(error);
    // Somebody may have deleted it, or the workspace lets nobody edit: the answer says it as well.
    if (fault.retryable) throw fault;
  });
}
