import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request, type Dispatcher } from 'undici';
import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs } from './full-jitter';
import { OutboundHttpError } from './outbound-http-error';

export interface OutboundOptions {
  readonly headers?: Record<string, string>;
  /** For one attempt, from connect to the last byte. */
  readonly timeoutMs?: number;
  /** Attempts in all, on faults worth repeating. The call must be safe to repeat. */
  readonly attempts?: number;
  readonly maxBytes?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Dispatcher.ResponseData['headers'];
}

const DEFAULTS = { timeoutMs: 5_000, attempts: 3, maxBytes: 1024 * 1024 } as const;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/** Every plain HTTP call that leaves a service: bounded in time, size and attempts; retries with full jitter. */
@Injectable()
export class OutboundHttp implements OnApplicationShutdown {
  private readonly agent = new Agent({
    connect: { timeout: 2_000 },
    connections: 64,
    keepAliveTimeout: 10_000,
  });

  /** @throws OutboundHttpError */
  async getBytes(url: string, options: OutboundOptions = {}): Promise<Buffer> {
    return (await this.send({ method: 'GET', url }, options)).body;
  }

  /** @throws OutboundHttpError */
  async getJson(url: string, options: OutboundOptions = {}): Promise<unknown> {
    return parseJson((await this.send({ method: 'GET', url }, options)).body);
  }

  /** The status as well, for callers to whom 204 and 200 differ. @throws OutboundHttpError */
  async get(url: string, options: OutboundOptions = {}): Promise<OutboundAnswer> {
    return this.send({ method: 'GET', url }, options);
  }

  /** @throws OutboundHttpError */
  async postJson(url: string, body: unknown, options: OutboundOptions = {}): Promise<unknown> {
    return this.sendJson('POST', url, body, options);
  }

  /** The answer's JSON; undefined when it has none. Without a body when that is undefined. @throws OutboundHttpError */
  async sendJson(
    method: Method,
    url: string,
    body: unknown,
    options: OutboundOptions = {},
  ): Promise<unknown> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { ...type, ...options.headers };
    return parseJson((await this.send({ method, url, ...content }, { ...options, headers })).body);
  }

  /** As the bytes are given; `attempts` counts only what is safe to repeat. @throws OutboundHttpError */
  async post(url: string, body: string, options: OutboundOptions = {}): Promise<OutboundAnswer> {
    return this.send({ method: 'POST', url, body }, options);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private async send(call: Call, options: OutboundOptions): Promise<OutboundAnswer> {
    const attempts = options.attempts ?? DEFAULTS.attempts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(call, options);
      } catch (error) {
        const fault = OutboundHttpError.from(error, call.url);
        if (!fault.retryable || attempt >= attempts) throw fault;
        await delay(fullJitterMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS));
      }
    }
  }

  private async attempt(call: Call, options: OutboundOptions): Promise<OutboundAnswer> {
    const { url, ...rest } = call;
    const answer = await request(url, {
      ...rest,
      dispatcher: this.agent,
      headers: options.headers ?? {},
      signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULTS.timeoutMs),
    });
    const body = await readBounded(answer.body, options.maxBytes ?? DEFAULTS.maxBytes, url);
    if (answer.statusCode >= 400) throw OutboundHttpError.ofStatus(answer.statusCode, url, body);
    return { status: answer.statusCode, body, headers: answer.headers };
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Call {
  readonly method: Method;
  readonly url: string;
  readonly body?: string;
}

async function readBounded(
  body: Dispatcher.ResponseData['body'],
  maxBytes: number,
  url: string,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw OutboundHttpError.tooLarge(maxBytes, url);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
}
