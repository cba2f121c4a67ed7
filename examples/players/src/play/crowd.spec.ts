import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayClient } from '../gateway/gateway-client';
import { parseOptions } from '../options';
import { type SummaryLine, Tally } from '../tally/tally';
import { Crowd } from './crowd';

type Play = { status?: number; headers?: Record<string, string>; body?: object } | 'hang up' | undefined;

/** A gateway with a game behind it that never pays a win. `play` may answer a request in its place. */
class FakeGateway {
  launchStatus = 200;
  play: (action: string, requestNumber: number) => Play = () => undefined;
  readonly markets = new Map<string, string>();
  readonly steps: { session: string; key: string; action: string }[] = [];
  private readonly balances = new Map<string, number>();
  private readonly server: Server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://gateway');
      if (url.pathname === '/v1/launch/acme/slots') {
        const player = url.searchParams.get('player') ?? '';
        this.markets.set(player, url.searchParams.get('market') ?? '');
        const launch = { version: '1.0.0', playPath: '/play/acme/slots/', sessionToken: player };
        response.writeHead(this.launchStatus).end(JSON.stringify(launch));
        return;
      }
      const action = url.pathname.replace('/play/acme/slots/', '');
      const asked = JSON.parse(text);
      const session = String(request.headers['x-croupier-session']);
      this.steps.push({ session, key: asked.idempotencyKey, action });
      const instead = this.play(action, this.steps.length);
      if (instead === 'hang up') {
        request.socket.destroy();
        return;
      }
      const { status = 200, headers = { 'x-croupier-version': '1.0.0' } } = instead ?? {};
      response.writeHead(status, headers);
      response.end(JSON.stringify(instead?.body ?? (status === 200 ? this.move(asked) : {})));
    });
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  private move(asked: { player: string; idempotencyKey: string; amount?: number; stake?: number }): object {
    const sign = asked.idempotencyKey.endsWith('-0') ? 1 : -1;
    const moved = sign * (asked.stake ?? asked.amount ?? 0);
    const balance = (this.balances.get(asked.player) ?? 0) + moved;
    this.balances.set(asked.player, balance);
    return { balance, win: 0 };
  }
}

describe('the crowd', () => {
  let gateway: FakeGateway;

  beforeEach(async () => {
    gateway = new FakeGateway();
    await gateway.start();
  });

  afterEach(() => gateway.stop());

  async function playUntil(done: (summary: SummaryLine) => boolean, ...more: string[]): Promise<SummaryLine> {
    const args = ['--gateway', gateway.url, '--provider', 'acme', '--game', 'slots'];
    const paced = ['--players', '40', '--rate', '1000', '--think-ms', '5', '--max-in-flight', '50'];
    const options = parseOptions([...args, ...paced, ...more], {});
    const tally = new Tally();
    const client = new GatewayClient(options);
    const crowd = new Crowd(options, client, tally);
    crowd.start();
    const deadline = Date.now() + 30_000;
    while (!done(tally.summary(0)) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await crowd.stop();
    await client.close();
    expect(crowd.requestsInFlight).toBe(0);
    const summary = tally.summary(0);
    expect(done(summary)).toBe(true);
    return summary;
  }

  it('plays whole sessions, one request at a time, and its books add up', async () => {
    const summary = await playUntil(({ sessionsCompleted }) => sessionsCompleted >= 100);
    expect(summary).toMatchObject({
      failed: 0,
      droppedRequests: 0,
      sessionsMoved: 0,
      sessionsGone: 0,
      walletMismatches: 0,
      unexpectedAnswers: 0,
    });
    expect(Object.keys(summary.byVersion)).toEqual(['1.0.0']);
    expect(summary.requests).toBe(gateway.steps.length);
    const first = gateway.steps.filter(({ key }) => /-0-1-\d$/.test(key));
    expect(first.map(({ action }) => action)).toEqual(['deposit', 'spin', 'spin', 'spin', 'withdrawal']);
  });

  it('splits the players over the markets by index, and gives every player a turn', async () => {
    await playUntil(() => gateway.markets.size === 40, '--markets', 'MT,GB', '--run', 'x');
    expect(gateway.markets.get('player-x-6')).toBe('MT');
    expect(gateway.markets.get('player-x-7')).toBe('GB');
  });

  it('counts a failure of the game under its version, and asks again under the same key', async () => {
    gateway.play = (_action, number) =>
      number % 10 === 0 ? { status: 500, headers: { 'x-croupier-version': '1.2.0' } } : undefined;
    const summary = await playUntil(({ sessionsCompleted }) => sessionsCompleted >= 50);
    expect(summary.failed).toBe(Math.floor(gateway.steps.length / 10));
    expect(summary.byVersion['1.2.0']).toMatchObject({ requests: summary.failed, failed: summary.failed });
    expect(summary).toMatchObject({ droppedRequests: 0, walletMismatches: 0 });
    const keys = gateway.steps.map(({ key }) => key);
    expect(keys.length - new Set(keys).size).toBeGreaterThan(0);
  });

  it('leaves a session after three failures of one step', async () => {
    gateway.play = () => ({ status: 500 });
    const summary = await playUntil(({ failed }) => failed >= 300);
    expect(summary.sessionsCompleted).toBe(0);
    const triesByKey = new Map<string, number>();
    for (const { key } of gateway.steps) triesByKey.set(key, (triesByKey.get(key) ?? 0) + 1);
    expect(Math.max(...triesByKey.values())).toBe(3);
  });

  it.each<[string, Play]>([
    ['a broken connection', 'hang up'],
    ['a 503', { status: 503 }],
    ['a fault that the gateway owns up to', { status: 500, headers: { 'x-croupier-fault': 'gateway' } }],
  ])('counts %s as dropped, not as a failure of the game', async (_name, instead) => {
    gateway.play = (_action, number) => (number % 20 === 0 ? instead : undefined);
    const summary = await playUntil(({ droppedRequests }) => droppedRequests >= 10);
    expect(summary).toMatchObject({ failed: 0, walletMismatches: 0 });
    expect(summary.droppedSamples).toHaveLength(10);
  });

  it('counts a launch that is refused as dropped', async () => {
    gateway.launchStatus = 429;
    const summary = await playUntil(({ droppedRequests }) => droppedRequests >= 50);
    expect(summary).toMatchObject({ launches: 0, requests: 0 });
    expect(summary.droppedSamples[0]).toMatch(/^launch: 429/);
  });

  it('counts a session that was answered by another version than it began with once', async () => {
    gateway.play = (action) =>
      action === 'deposit' ? undefined : { headers: { 'x-croupier-version': '1.1.0' } };
    const summary = await playUntil(({ sessionsCompleted }) => sessionsCompleted >= 50);
    expect(summary.sessionsMoved).toBeGreaterThanOrEqual(50);
    expect(summary.sessionsMoved).toBeLessThanOrEqual(summary.launches);
  });

  it('launches anew when the version of its session is gone', async () => {
    const type = 'https://croupier.dev/problems/session-version-gone';
    gateway.play = (action) =>
      action === 'withdrawal'
        ? { status: 409, headers: { 'x-croupier-fault': 'gateway' }, body: { type } }
        : undefined;
    const summary = await playUntil(({ sessionsGone }) => sessionsGone >= 80);
    expect(summary).toMatchObject({
      droppedRequests: 0,
      failed: 0,
      unexpectedAnswers: 0,
      walletMismatches: 0,
    });
    expect(summary.launches).toBeGreaterThan(40);
  });

  it('notices money that the game lost', async () => {
    gateway.play = (action) => (action === 'withdrawal' ? { body: { balance: 7 } } : undefined);
    const summary = await playUntil(({ sessionsCompleted }) => sessionsCompleted >= 40);
    expect(summary.walletMismatches).toBeGreaterThanOrEqual(40);
  });

  it('does not send more than may be in flight, and counts what it held back', async () => {
    const summary = await playUntil(({ notSent }) => notSent > 0, '--rate', '5000', '--max-in-flight', '1');
    expect(summary.droppedRequests).toBe(0);
  });
});
