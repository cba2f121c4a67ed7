import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Offset and length of the status in `HTTP/1.1 202 Accepted`. */
const STATUS_AT = 9;
const STATUS_LENGTH = 3;

/** One kept-alive connection with one request under way at a time, which costs as little as a request can. */
export class HttpConnection {
  private received: Buffer = Buffer.alloc(0);

  private constructor(
    private readonly socket: Socket,
    private readonly onAnswer: (status: number, connection: HttpConnection) => void,
  ) {
    socket.on('data', (chunk: Buffer) => this.take(chunk));
  }

  static async open(
    port: number,
    onAnswer: (status: number, connection: HttpConnection) => void,
    onLost: (error: Error) => void,
  ): Promise<HttpConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    socket.on('error', onLost);
    return new HttpConnection(socket, onAnswer);
  }

  send(request: Buffer): void {
    this.socket.write(request);
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    const received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headersEnd = received.indexOf('\r\n\r\n');
    const headers = headersEnd < 0 ? '' : received.toString('latin1', 0, headersEnd);
    const length = hasNoBody(headers) ? '0' : /\r\ncontent-length: (\d+)/i.exec(headers)?.[1];
    if (headersEnd >= 0 && length === undefined) throw new Error(`An answer has no length: ${headers}`);
    if (headersEnd < 0 || received.length < headersEnd + 4 + Number(length)) {
      this.received = received;
      return;
    }
    this.received = Buffer.alloc(0);
    this.onAnswer(Number(headers.slice(STATUS_AT, STATUS_AT + STATUS_LENGTH)), this);
  }
}

/** RFC 9112, 6.3: whatever its headers say. */
function hasNoBody(headers: string): boolean {
  return headers.startsWith('304', STATUS_AT);
}
