import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';

const MODULE = join(__dirname, '../../../examples/modules/payment');
const COLLECTION = 'pipeline/payment.postman_collection.json';
const FIRST_MIGRATION = '1.0.0__create_authorizations.sql';

export const PROVIDER = 'platform';
export const MODULE_NAME = 'payment';
/** The faulty version fails these players, and nobody who tests it on staging. */
export const PLAYER_PREFIX = 'player-';

/** Around the example's own server: every second authorization of a player ends in an error. */
const FAULTY_SERVER = `
const { createPaymentServer } = require('./server.js');
const { version } = require('./release.json');
const server = createPaymentServer({ version });
const [respond] = server.listeners('request');
let authorizations = 0;
server.removeAllListeners('request');
server.on('request', (request, response) => {
  if (request.headers['x-player']?.startsWith('${PLAYER_PREFIX}') && authorizations++ % 2 === 0) {
    request.resume();
    response.writeHead(500).end();
  } else respond(request, response);
});
server.listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
process.once('SIGTERM', () => server.close(() => process.exit(0)));
`;

const REFUNDS = {
  'migrations/V2.0.0__refunds.sql':
    'CREATE TABLE refunds (id bigint PRIMARY KEY, amount_cents bigint NOT NULL);',
  'migrations/U2.0.0__refunds.sql': 'DROP TABLE refunds;',
};

/** Where the team of the payment module publishes its versions: what the example has, and for 2.x refunds and a fault. */
export class PaymentSite {
  private readonly files = new Map<string, Buffer>();
  private readonly server = createServer((request, response) => {
    const file = this.files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404).end(file);
  });

  async open(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  /** Publishes the version and announces it with a signed webhook. */
  async ship(version: string, aggregatorUrl: string, secret: string): Promise<void> {
    const manifest = await this.publish(version);
    const payload = JSON.stringify({
      type: version === '1.0.0' ? 'game.added' : 'game.updated',
      timestamp: new Date().toISOString(),
      data: {
        game: MODULE_NAME,
        version,
        manifestUrl: this.urlOf(version, 'manifest.json'),
        manifestSha256: sha256(manifest),
      },
    });
    const [id, now] = [`msg_${randomUUID()}`, new Date()];
    const answer = await fetch(`${aggregatorUrl}/v1/webhooks/${PROVIDER}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, now, payload),
      },
      body: payload,
    });
    if (!answer.ok) throw new Error(`The webhook was answered ${answer.status}: ${await answer.text()}`);
  }

  private async publish(version: string): Promise<Buffer> {
    const isFaulty = !version.startsWith('1.');
    const own = [
      'client/index.html',
      COLLECTION,
      `migrations/V${FIRST_MIGRATION}`,
      `migrations/U${FIRST_MIGRATION}`,
    ];
    const files = new Map<string, Buffer>([
      ['server.js', await readFile(join(MODULE, 'dist/server.js'))],
      ['release.json', Buffer.from(JSON.stringify({ version }))],
      ...(await Promise.all(
        own.map(async (path) => [path, await readFile(join(MODULE, path))] as [string, Buffer]),
      )),
    ]);
    if (isFaulty) {
      files.set('faulty.js', Buffer.from(FAULTY_SERVER));
      for (const [path, sql] of Object.entries(REFUNDS)) files.set(path, Buffer.from(sql));
    }
    const manifest = Buffer.from(
      JSON.stringify({
        manifestVersion: 1,
        provider: PROVIDER,
        game: MODULE_NAME,
        version,
        kind: 'module',
        markets: ['MT'],
        files: [...files].map(([path, bytes]) => ({ path, sizeBytes: bytes.length, sha256: sha256(bytes) })),
        server: { runtime: 'node', entry: isFaulty ? 'faulty.js' : 'server.js' },
        client: { entry: 'client/index.html' },
        collections: [COLLECTION],
        migrations: [...files.keys()].filter((path) => path.startsWith('migrations/')),
      }),
    );
    for (const [path, bytes] of files.set('manifest.json', manifest))
      this.files.set(new URL(this.urlOf(version, path)).pathname, bytes);
    return manifest;
  }

  private urlOf(version: string, path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${MODULE_NAME}/${version}/${path}`;
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
