import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' };

/** A vendor's API: answers as it usually does, but for what `next` says of the requests that come next. */
export class HttpDouble {
  readonly seen: SeenRequest[] = [];
  /** Hangs up on whoever calls, without an answer. */
  isDown = false;
  private readonly script: Behaviour[] = [];

  private constructor(private readonly server: Server) {}

  static async start(usually: (request: SeenRequest) => Behaviour): Promise<HttpDouble> {
    const server = createServer();
    const double = new HttpDouble(server);
    server.on('request', (request, response) => void double.respond(request, response, usually));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  next(...behaviours: Behaviour[]): void {
    this.script.push(...behaviours);
  }

  forget(): void {
    this.seen.splice(0);
    this.script.splice(0);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private async respond(
    request: IncomingMessage,
    response: ServerResponse,
    usually: (request: SeenRequest) => Behaviour,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.seen.push(seen);
    if (this.isDown) {
      request.socket.destroy();
      return;
    }
    const behaviour = this.script.shift() ?? usually(seen);
    if (behaviour.kind === 'hang') return;
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
  }
}

export function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): Behaviour {
  return { kind: 'answer', status, body: typeof body === 'string' ? body : JSON.stringify(body), headers };
}
