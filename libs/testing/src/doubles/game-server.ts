import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SeenRequest } from './http-double';

/** A game server as providers run it: `/<version>/health`, deposit, spin and withdrawal, with wallets of its own. */
export class GameServer {
  private readonly wallets = new Map<string, number>();
  private readonly answers = new Map<string, object>();
  /** What it was asked, first to last. */
  readonly seen: Pick<SeenRequest, 'method' | 'path' | 'headers'>[] = [];
  private server: Server | null = null;
  url = '';

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const { method = '', url: path = '' } = request;
      this.seen.push({ method, path, headers: request.headers as Record<string, string> });
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const [, version = '', operation = ''] = path.split('/');
        const body = Buffer.concat(chunks).toString();
        const answer =
          operation === 'health' ? { status: 'ok', version } : this.play(version, operation, body);
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private play(version: string, operation: string, body: string): object {
    const { player, amount, stake, idempotencyKey } = JSON.parse(body) as Record<string, string & number>;
    const key = `${version}/${idempotencyKey}`;
    const known = this.answers.get(key);
    if (known) return known;
    const wallet = `${version}/${player}`;
    const change = { deposit: amount ?? 0, withdrawal: -(amount ?? 0), spin: -(stake ?? 0) }[operation] ?? 0;
    const balance = (this.wallets.get(wallet) ?? 0) + change;
    this.wallets.set(wallet, balance);
    const answer = operation === 'spin' ? { balance, win: 0 } : { balance };
    this.answers.set(key, answer);
    return answer;
  }
}
