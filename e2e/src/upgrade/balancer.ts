import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const PROBE_INTERVAL_MS = 50;
const PROBE_TIMEOUT_MS = 5_000;

interface Replica {
  readonly port: number;
  ready: boolean;
  ending: boolean;
}

/**
 * Gives each new connection to a replica that is ready, in turn, as a Service of Kubernetes does. It knows nothing of
 * HTTP: it repeats no request, and tries no other replica when one refuses the connection.
 */
export class Balancer {
  private readonly replicas: Replica[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly probing: Promise<void>[] = [];
  private closed = false;
  private turn = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (client) => this.join(client));
  }

  static async open(): Promise<Balancer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Balancer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  add(port: number): void {
    const replica = { port, ready: false, ending: false };
    this.replicas.push(replica);
    this.probing.push(this.probe(replica));
  }

  /** It is told to end: from the same moment on it gets no new connection, whatever the probe said last. */
  end(port: number): void {
    for (const replica of this.replicas) if (replica.port === port) replica.ending = true;
  }

  isReady(port: number): boolean {
    return this.replicas.some((replica) => replica.port === port && replica.ready);
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.probing);
    for (const socket of this.sockets) socket.destroy();
    await once(this.server.close(), 'close');
  }

  private async probe(replica: Replica): Promise<void> {
    while (!this.closed) {
      await this.look(replica);
      await pause(PROBE_INTERVAL_MS);
    }
  }

  private async look(replica: Replica): Promise<void> {
    try {
      const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      const url = `http://127.0.0.1:${replica.port}/health/ready`;
      const answer = await fetch(url, { signal, headers: { connection: 'close' } });
      await answer.arrayBuffer();
      replica.ready = answer.ok;
    } catch {
      replica.ready = false;
    }
  }

  private join(client: Socket): void {
    const ready = this.replicas.filter(({ ready, ending }) => ready && !ending);
    const chosen = ready[(this.turn += 1) % ready.length];
    this.follow(client);
    if (!chosen) {
      client.resetAndDestroy();
      return;
    }
    const service = connect({ port: chosen.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.follow(service);
    client.pipe(service).pipe(client);
    client.on('error', () => service.destroy());
    service.on('error', () => client.destroy());
  }

  private follow(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
