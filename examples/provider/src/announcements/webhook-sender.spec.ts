import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { type Announcement, retryDelayMs, WebhookSender } from './webhook-sender';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
const ANNOUNCEMENT: Announcement = {
  type: 'game.updated',
  timestamp: '2025-01-01T00:00:00.000Z',
  data: {
    game: 'lucky-sevens',
    version: '1.1.0',
    manifestUrl: 'http://127.0.0.1:1/releases/lucky-sevens/1.1.0/manifest.json',
    manifestSha256: 'a'.repeat(64),
  },
};

describe('the webhook sender', () => {
  let aggregator: Server;
  let aggregatorUrl: string;
  let received: { url: string; headers: IncomingHttpHeaders; body: string }[];
  let statuses: (number | 'hang up')[];
  let pausesMs: number[];

  beforeEach(async () => {
    received = [];
    pausesMs = [];
    aggregator = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ url: request.url ?? '', headers: request.headers, body });
        const status = statuses.shift() ?? 202;
        if (status === 'hang up') request.socket.destroy();
        else response.writeHead(status, status === 429 ? { 'retry-after': '3' } : {}).end('{"eventId":"e"}');
      });
    });
    await new Promise<void>((resolve) => aggregator.listen(0, '127.0.0.1', resolve));
    aggregatorUrl = `http://127.0.0.1:${(aggregator.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    aggregator.closeAllConnections();
    await new Promise((resolve) => aggregator.close(resolve));
  });

  function send() {
    const sender = new WebhookSender(
      async (delayMs) => void pausesMs.push(delayMs),
      () => 0,
    );
    return sender.send({ aggregatorUrl, provider: 'acme', secret: SECRET }, ANNOUNCEMENT);
  }

  it('signs so that the Standard Webhooks library verifies it', async () => {
    statuses = [202];
    const delivery = await send();
    expect(delivery).toMatchObject({ status: 202, attempts: 1, detail: '{"eventId":"e"}' });
    const [request] = received;
    expect(request?.url).toBe('/v1/webhooks/acme');
    expect(request?.headers['webhook-id']).toBe(delivery.webhookId);
    const verified = new Webhook(SECRET).verify(
      request?.body ?? '',
      request?.headers as Record<string, string>,
    );
    expect(verified).toEqual(ANNOUNCEMENT);
  });

  it('sends the same webhook again, after growing delays, until it is accepted', async () => {
    statuses = [503, 'hang up', 500, 202];
    const delivery = await send();
    expect(delivery).toMatchObject({ status: 202, attempts: 4 });
    expect(new Set(received.map((request) => request.headers['webhook-id']))).toEqual(
      new Set([delivery.webhookId]),
    );
    expect(new Set(received.map((request) => request.body)).size).toBe(1);
    expect(pausesMs).toEqual([200, 400, 800]);
  });

  it('waits at least as long as a 429 asks for', async () => {
    statuses = [429, 202];
    expect(await send()).toMatchObject({ status: 202, attempts: 2 });
    expect(pausesMs).toEqual([3000]);
  });

  it('does not repeat what was refused', async () => {
    statuses = [401];
    expect(await send()).toMatchObject({ status: 401, attempts: 1 });
  });

  it('gives up after ten attempts', async () => {
    statuses = Array.from({ length: 20 }, () => 503);
    expect(await send()).toMatchObject({ status: 503, attempts: 10 });
    expect(received).toHaveLength(10);
  });

  it('tells that nobody answered', async () => {
    statuses = Array.from({ length: 20 }, () => 'hang up' as const);
    expect(await send()).toMatchObject({ status: null, attempts: 10 });
  });

  it('takes up to half off a delay as jitter, and never waits longer than ten seconds', () => {
    expect(retryDelayMs(1, () => 1)).toBe(100);
    expect(retryDelayMs(20, () => 0)).toBe(10_000);
  });
});
