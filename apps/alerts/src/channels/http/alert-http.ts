import { Injectable } from '@nestjs/common';
import { retryAfterMs } from '@croupier/service-kit';
import { request, type Dispatcher } from 'undici';
import { AlertsConfig } from '../../alerts-config';
import { DeliveryFault } from '../delivery-fault';
import { AlertConnections, forbiddenAddress } from './alert-connections';

export interface AlertCall {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 64 * 1024;
const EXCERPT_LENGTH = 200;
const RETRYABLE = new Set([408, 425, 429]);

/** One attempt at one POST of JSON, bounded in time and size. When to try again is the delivery's to decide. */
@Injectable()
export class AlertHttp {
  constructor(
    private readonly config: AlertsConfig,
    private readonly connections: AlertConnections,
  ) {}

  /** Answers the status and the beginning of the body. @throws DeliveryFault */
  async post(call: AlertCall): Promise<string> {
    const { statusCode, headers, excerpt } = await this.attempt(call);
    const answer = `${statusCode} ${excerpt}`.trim();
    if (statusCode >= 200 && statusCode < 300) return answer;
    const retryAfter = headers['retry-after'];
    throw new DeliveryFault(
      `${hostOf(call.url)} answered ${answer}`,
      statusCode >= 500 || RETRYABLE.has(statusCode),
      retryAfterMs(typeof retryAfter === 'string' ? retryAfter : undefined, Date.now()),
    );
  }

  private async attempt({ url, headers, body, signal }: AlertCall): Promise<{
    readonly statusCode: number;
    readonly headers: Dispatcher.ResponseData['headers'];
    readonly excerpt: string;
  }> {
    const timeout = AbortSignal.timeout(this.config.callTimeoutMs);
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        dispatcher: this.connections.dispatcher,
        signal: AbortSignal.any([timeout, signal]),
      });
      return {
        statusCode: answer.statusCode,
        headers: answer.headers,
        excerpt: await excerptOf(answer.body),
      };
    } catch (error) {
      const forbidden = forbiddenAddress(error);
      if (forbidden !== null) throw new DeliveryFault(forbidden, false);
      const { message, code } = error as Error & { code?: string };
      const why = timeout.aborted ? `no answer within ${this.config.callTimeoutMs} ms` : message || code;
      throw new DeliveryFault(`${hostOf(url)}: ${why ?? 'unreachable'}`, true);
    }
  }
}

async function excerptOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Whatever it says after that, its status counts.
    if (size > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8').replaceAll('\0', '').slice(0, EXCERPT_LENGTH);
}

/** Paths may hold secrets; they are no part of what is kept. */
function hostOf(url: string): string {
  return new URL(url).host;
}
