import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request, type Dispatcher } from 'undici';
import { fullJitterMs } from '../full-jitter';
import { OutboundHttpError } from '../outbound-http-error';
import type { AddressPolicy } from './address-policy';
import { boundedBody } from './bounded-body';
import { guardedConnector } from './guarded-connector';
import { printable } from './printable';

export interface GuardedOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** For one attempt, from connect to the last byte, redirects included. */
  readonly deadlineMs?: number;
  readonly attempts?: number;
  /** Statuses from 400 on that are an answer and no fault. Their bodies are not read: they may be of any size. */
  readonly answers?: readonly number[];
  /** Ends the call for good, whatever attempts are left. */
  readonly signal?: AbortSignal;
}

export interface GuardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects. */
  readonly url: string;
}

export interface GuardedLimits {
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
  readonly redirects: number;
}

const LIMITS: GuardedLimits = { minBytesPerSecond: 8 * 1024, windowMs: 10_000, redirects: 5 };
const DEADLINE_MS = 30_000;
const ATTEMPTS = 3;
const CONNECT_TIMEOUT_MS = 5_000;
const SILENCE_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Meant for the host they were given for, and for no other. */
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

type Method = 'GET' | 'HEAD';

/**
 * Calls to addresses that others name: providers in their webhooks, servers in their redirects. Where they lead is
 * judged by the policy at every connection; answers are bounded in size, time, rate and redirects.
 */
export class GuardedHttp {
  private readonly agent: Agent;
  private readonly limits: GuardedLimits;

  constructor(policy: AddressPolicy, limits: Partial<GuardedLimits> = {}) {
    this.limits = { ...LIMITS, ...limits };
    this.agent = new Agent({
      connect: guardedConnector(policy, CONNECT_TIMEOUT_MS),
      connections: 16,
      keepAliveTimeout: 5_000,
      headersTimeout: SILENCE_TIMEOUT_MS,
      bodyTimeout: SILENCE_TIMEOUT_MS,
      maxHeaderSize: 32 * 1024,
    });
  }

  /** @throws OutboundHttpError */
  async get(url: string, options: GuardedOptions): Promise<GuardedAnswer & { readonly body: Buffer }> {
    return this.read(url, options, async (chunks, answer) => {
      const parts: Buffer[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      return { ...answer, body: Buffer.concat(parts) };
    });
  }

  /** @throws OutboundHttpError */
  async head(url: string, options: GuardedOptions): Promise<GuardedAnswer> {
    return this.repeated('HEAD', url, options, async (chunks, answer) => {
      for await (const _ of chunks) continue;
      return answer;
    });
  }

  /** The SHA-256 of a body that nobody keeps. @throws OutboundHttpError */
  async digest(
    url: string,
    options: GuardedOptions,
  ): Promise<GuardedAnswer & { readonly sizeBytes: number; readonly sha256: string }> {
    return this.read(url, options, async (chunks, answer) => {
      const hash = createHash('sha256');
      let sizeBytes = 0;
      for await (const chunk of chunks) {
        hash.update(chunk);
        sizeBytes += chunk.length;
      }
      return { ...answer, sizeBytes, sha256: hash.digest('hex') };
    });
  }

  /** Gives the body to `consume` as it comes, anew at each attempt. @throws OutboundHttpError */
  read<T>(
    url: string,
    options: GuardedOptions,
    consume: (chunks: AsyncIterable<Buffer>, answer: GuardedAnswer) => Promise<T>,
  ): Promise<T> {
    return this.repeated('GET', url, options, consume);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async repeated<T>(
    method: Method,
    url: string,
    options: GuardedOptions,
    consume: (chunks: AsyncIterable<Buffer>, answer: GuardedAnswer) => Promise<T>,
  ): Promise<T> {
    const attempts = options.attempts ?? ATTEMPTS;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(method, url, options, consume);
      } catch (error) {
        if (options.signal?.aborted) throw OutboundHttpError.outOfTime(printable(url));
        const fault = OutboundHttpError.from(error, printable(url));
        if (!fault.retryable || attempt >= attempts) throw fault;
        await delay(fullJitterMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS));
      }
    }
  }

  private async attempt<T>(
    method: Method,
    url: string,
    options: GuardedOptions,
    consume: (chunks: AsyncIterable<Buffer>, answer: GuardedAnswer) => Promise<T>,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS);
    const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
    const { answer, final } = await this.followed(method, url, options.headers ?? {}, signal);
    const { statusCode: status, headers, body } = answer;
    if (status >= 400) {
      discard(body);
      if (options.answers?.includes(status))
        return consume(noBody(), { status, headers: flattened(headers), url: final.href });
      throw OutboundHttpError.ofStatus(status, printable(final));
    }
    const { minBytesPerSecond, windowMs } = this.limits;
    const bounds = { maxBytes: options.maxBytes, minBytesPerSecond, windowMs };
    const chunks = boundedBody(body, bounds, printable(final));
    try {
      return await consume(chunks, { status, headers: flattened(headers), url: final.href });
    } finally {
      // Whoever stops in the middle must not leave a connection behind with the rest of the answer on it.
      await chunks.return(undefined);
      if (!body.destroyed && !body.readableEnded) discard(body);
    }
  }

  private async followed(
    method: Method,
    from: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ answer: Dispatcher.ResponseData; final: URL }> {
    let url = allowedUrl(from);
    let sent: Record<string, string> = { 'accept-encoding': 'identity', ...headers };
    for (let redirects = 0; ; redirects += 1) {
      const answer = await request(url, { method, headers: sent, dispatcher: this.agent, signal });
      const location = answer.headers['location'];
      if (!REDIRECTS.has(answer.statusCode) || typeof location !== 'string') return { answer, final: url };
      discard(answer.body);
      if (redirects >= this.limits.redirects)
        throw OutboundHttpError.forbidden(`${printable(from)} redirects more than ${redirects} times`);
      const next = allowedUrl(location, url);
      if (next.origin !== url.origin) sent = withoutCredentials(sent);
      url = next;
    }
  }
}

async function* noBody(): AsyncGenerator<Buffer> {}

/** undici tells of a body that is not read to its end as of an error, which would end the process if nobody listened. */
function discard(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined).destroy();
}

/** @throws OutboundHttpError */
function allowedUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) throw OutboundHttpError.forbidden(`${printable(text)} is no address`);
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw OutboundHttpError.forbidden(`${printable(url)} is neither https nor http`);
  if (url.username !== '' || url.password !== '')
    throw OutboundHttpError.forbidden(`${printable(url)} has credentials in it`);
  return url;
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));
}

function flattened(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
