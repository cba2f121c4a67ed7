import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { retryAfterMs } from '@croupier/service-kit';
import { Agent, request, type Dispatcher } from 'undici';
import { CacheConfig } from '../../cache-config';
import { TargetFault } from '../target-fault';

export interface TargetCall {
  readonly method: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Statuses of 400 and over that are answers, and no failures. */
  readonly accepted?: readonly number[];
  readonly signal: AbortSignal;
  /** Most bytes of the answer; 1 MiB unless given. */
  readonly maxBytes?: number;
}

export interface TargetAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

const MAX_BYTES = 1024 * 1024;
const RETRYABLE = new Set([408, 425, 429]);
const EXCERPT_LENGTH = 200;

/** One attempt at one call to a target, bounded in time and size. When to try again is the job's to decide. */
@Injectable()
export class TargetHttp implements OnApplicationShutdown {
  private readonly agent = new Agent({ connect: { timeout: 2_000 }, connections: 16 });

  constructor(private readonly config: CacheConfig) {}

  /** @throws TargetFault */
  async send(call: TargetCall): Promise<TargetAnswer> {
    const answer = await this.attempt(call);
    const { status } = answer;
    if (status < 400 || call.accepted?.includes(status)) return answer;
    const excerpt = answer.body.toString('utf8').slice(0, EXCERPT_LENGTH);
    throw new TargetFault(
      `${call.method} ${hostOf(call.url)} answered ${status}: ${excerpt}`,
      status >= 500 || RETRYABLE.has(status),
      retryAfterMs(answer.headers['retry-after'], Date.now()),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async attempt(call: TargetCall): Promise<TargetAnswer> {
    const timeout = AbortSignal.timeout(this.config.callTimeoutMs);
    try {
      const { statusCode, headers, body } = await request(call.url, {
        method: call.method,
        headers: call.headers ?? {},
        ...(call.body === undefined ? {} : { body: call.body }),
        dispatcher: this.agent,
        signal: AbortSignal.any([timeout, call.signal]),
      });
      return {
        status: statusCode,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        body: await bounded(body, call.maxBytes ?? MAX_BYTES),
      };
    } catch (error) {
      if (error instanceof TargetFault) throw error;
      const why = timeout.aborted ? `no answer within ${this.config.callTimeoutMs} ms` : reasonOf(error);
      throw new TargetFault(`${call.method} ${hostOf(call.url)}: ${why}`, true);
    }
  }
}

async function bounded(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new TargetFault(`the answer has more than ${maxBytes} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Paths may hold secrets, such as signed queries; they are no part of what is kept. */
function hostOf(url: string): string {
  return new URL(url).host;
}

function reasonOf(error: unknown): string {
  const { message, code } = error as Error & { code?: string };
  return message || code || 'unreachable';
}
