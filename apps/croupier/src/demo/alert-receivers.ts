import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Place } from './place';

export interface SlackPost {
  readonly text: string;
  readonly ts: string;
  readonly threadTs: string | null;
}

export interface PagerEvent {
  readonly action: string;
  readonly key: string;
}

/** Slack and PagerDuty as far as the demo needs them, in the shapes of https://docs.slack.dev and developer.pagerduty.com. */
export class AlertReceivers {
  readonly posts: SlackPost[] = [];
  readonly pages: PagerEvent[] = [];
  /** Of the first one that was hung up on, by `performance.now()`. */
  private firstCallMs: number | null = null;
  private firstAnswerMs: number | null = null;

  private constructor(
    private readonly server: Server,
    private readonly outageMs: number,
    private readonly host: string,
  ) {}

  /** @param outageMs how long whoever calls is hung up on, from the first call */
  static async start(outageMs: number, { listenOn, reachedAs }: Place): Promise<AlertReceivers> {
    const server = createServer();
    const receivers = new AlertReceivers(server, outageMs, reachedAs);
    server.on('request', (request, response) => void receivers.answer(request, response));
    server.listen(0, listenOn);
    await once(server, 'listening');
    return receivers;
  }

  get url(): string {
    return `http://${this.host}:${(this.server.address() as AddressInfo).port}`;
  }

  /** From the first call, which was hung up on, to the first one that was answered; null before that. */
  get outageSeconds(): number | null {
    if (this.firstCallMs === null || this.firstAnswerMs === null) return null;
    return Math.floor(this.firstAnswerMs - this.firstCallMs) / 1000;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const nowMs = performance.now();
    this.firstCallMs ??= nowMs;
    if (nowMs < this.firstCallMs + this.outageMs) return void request.socket.destroy();
    this.firstAnswerMs ??= nowMs;
    const body = Buffer.concat(chunks).toString('utf8');
    const { status, answer } = this.taken(request.url ?? '', body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  private taken(path: string, body: string): { status: number; answer: object } {
    if (path === '/v2/enqueue') return this.page(body);
    if (path === '/api/chat.postMessage') return this.post(body);
    // An edit of a message says nothing new.
    return { status: 200, answer: { ok: true } };
  }

  private post(body: string): { status: number; answer: object } {
    const form = new URLSearchParams(body);
    const ts = `1700000000.${String(this.posts.length + 1).padStart(6, '0')}`;
    this.posts.push({ text: form.get('text') ?? '', ts, threadTs: form.get('thread_ts') });
    return { status: 200, answer: { ok: true, channel: 'C0000000001', ts } };
  }

  private page(body: string): { status: number; answer: object } {
    const { event_action: action, dedup_key: key } = JSON.parse(body) as Record<string, string>;
    this.pages.push({ action: action ?? '', key: key ?? '' });
    return { status: 202, answer: { status: 'success', message: 'Event processed', dedup_key: key } };
  }
}
