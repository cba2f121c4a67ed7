import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RoutingSnapshot, RoutingUpdate, TelemetryBatch, TelemetryCount } from '@croupier/contracts';

const WAIT_MS = 10_000;

/** The two routes of a deployer that a gateway asks: what to deal by, at once when it changes, and what was counted. */
export class DeployerStub {
  /** Of all windows, each once, with the routing version that they were dealt by. */
  readonly counts: (TelemetryCount & { readonly routingVersion: number })[] = [];
  private readonly seen = new Set<string>();
  private readonly confirmed = new Map<string, number>();
  private readonly waiting = new Set<() => void>();
  private snapshot: RoutingSnapshot = { routingVersion: 0, subjects: [] };
  private last: RoutingUpdate | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<DeployerStub> {
    const server = createServer();
    const stub = new DeployerStub(server);
    server.on('request', (request, response) => stub.answer(request, response));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** By what every gateway that reported after it deals. */
  get confirmedVersion(): number {
    return Math.min(...this.confirmed.values());
  }

  get routingVersion(): number {
    return this.snapshot.routingVersion;
  }

  publish(snapshot: RoutingSnapshot): void {
    this.snapshot = snapshot;
    this.last = null;
    for (const wake of [...this.waiting]) wake();
  }

  /** Changes one game, which is told as a change where the gateway has what was before. */
  change(subjects: RoutingSnapshot['subjects']): void {
    const since = this.snapshot.routingVersion;
    const changed = new Set(subjects.map(({ provider, game }) => `${provider}/${game}`));
    const others = this.snapshot.subjects.filter(({ provider, game }) => !changed.has(`${provider}/${game}`));
    this.snapshot = { routingVersion: since + 1, subjects: [...others, ...subjects] };
    this.last = { routingVersion: since + 1, since, subjects, gone: [] };
    for (const wake of [...this.waiting]) wake();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (pathname === '/v1/telemetry') return this.take(request, response);
    const after = Number(searchParams.get('after'));
    const send = (): void => {
      this.waiting.delete(send);
      clearTimeout(timer);
      if (response.writableEnded) return;
      if (this.snapshot.routingVersion <= after) return void response.writeHead(204).end();
      const update =
        this.last !== null && this.last.since === after
          ? this.last
          : { ...this.snapshot, since: null, gone: [] };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(update));
    };
    const timer = setTimeout(send, WAIT_MS);
    this.waiting.add(send);
    response.on('close', () => this.waiting.delete(send));
    if (this.snapshot.routingVersion > after) send();
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { windows } = JSON.parse(Buffer.concat(chunks).toString()) as TelemetryBatch;
      for (const { gatewayId, sequence, routingVersion, counts } of windows) {
        const id = `${gatewayId} ${sequence}`;
        if (!this.seen.has(id)) for (const count of counts) this.counts.push({ ...count, routingVersion });
        this.seen.add(id);
        this.confirmed.set(gatewayId, Math.max(routingVersion, this.confirmed.get(gatewayId) ?? 0));
      }
      response.writeHead(204).end();
    });
  }
}
