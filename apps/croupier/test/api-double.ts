import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when there was none. */
  readonly body: unknown;
}

export interface Answered {
  readonly status?: number;
  readonly body: unknown;
}

/** A service's API as a command sees it: answers by a rule, and remembers what it was asked. */
export class ApiDouble {
  readonly asked: Asked[] = [];
  /** Undefined is a 404. */
  answer: (asked: Asked) => Answered | undefined = () => undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ApiDouble> {
    const server = createServer();
    const double = new ApiDouble(server);
    server.on('request', (request, response) => {
      void text(request).then((content) => {
        const { method = '', url = '', headers } = request;
        const body = content === '' ? undefined : (JSON.parse(content) as unknown);
        const asked = { method, url, headers, body };
        double.asked.push(asked);
        const { status = 200, body: told } = double.answer(asked) ?? {
          status: 404,
          body: { title: 'There is no such thing', status: 404 },
        };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}
