import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a service and what it depends on, to take the network away. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private refusing = false;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (inside) => this.join(inside));
  }

  static async open(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, targetPort);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection in the middle of whatever it carries. */
  cut(): void {
    for (const [inside, outside] of this.pairs) {
      inside.resetAndDestroy();
      outside.resetAndDestroy();
    }
  }

  /** Lets no bytes through, and no connection end: as a cable that is pulled out does. */
  freeze(frozen: boolean): void {
    for (const [inside, outside] of this.pairs)
      for (const socket of [inside, outside])
        if (frozen) socket.pause();
        else socket.resume();
  }

  refuse(refusing: boolean): void {
    this.refusing = refusing;
    if (refusing) this.cut();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(inside: Socket): void {
    inside.on('error', () => undefined);
    if (this.refusing) {
      inside.resetAndDestroy();
      return;
    }
    const outside = connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true });
    inside.setNoDelay(true);
    const pair = [inside, outside] as const;
    this.pairs.add(pair);
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      from.on('error', () => undefined);
      from.on('close', () => {
        this.pairs.delete(pair);
        to.destroy();
      });
      from.on('data', (chunk) => {
        if (!to.destroyed) to.write(chunk);
      });
    }
  }
}
