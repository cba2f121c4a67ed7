import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Announcement, type Delivery, WebhookSender } from './announcements/webhook-sender';
import type { Target } from './control/requests';
import { createProviderServer } from './provider-server';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;

class RememberingSender extends WebhookSender {
  readonly sent: { target: Target; announcement: Announcement }[] = [];

  override async send(target: Target, announcement: Announcement): Promise<Delivery> {
    this.sent.push({ target, announcement });
    return { status: 202, webhookId: 'msg_1', attempts: 1, detail: '' };
  }
}

describe('the provider', () => {
  let slotsFolder: string;
  let sender: RememberingSender;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    slotsFolder = await mkdtemp(join(tmpdir(), 'slots-'));
    await mkdir(join(slotsFolder, 'dist'));
    await mkdir(join(slotsFolder, 'client'));
    await writeFile(join(slotsFolder, 'dist/server.js'), 'the server');
    await writeFile(join(slotsFolder, 'client/index.html'), '<title>__VERSION__</title>');
    await writeFile(join(slotsFolder, 'client/game.js'), 'const version = "__VERSION__";');
    sender = new RememberingSender();
    server = createProviderServer({ slotsFolder, provider: 'acme', target: null, publicUrl: null, sender });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(slotsFolder, { recursive: true });
  });

  async function post(
    path: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function get(fileUrl: string): Promise<Buffer> {
    const response = await fetch(fileUrl);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  }

  function sha256(bytes: Buffer): string {
    return createHash('sha256').update(bytes).digest('hex');
  }

  it('publishes a manifest whose sizes and sums match every file it serves', async () => {
    const publication = await post('/publish', { game: 'slots', version: '1.1.0', migration: true });
    expect(publication.status).toBe(201);
    const manifestUrl = String(publication.body['manifestUrl']);
    expect(manifestUrl).toBe(`${url}/releases/slots/1.1.0/manifest.json`);
    const manifestBytes = await get(manifestUrl);
    expect(sha256(manifestBytes)).toBe(publication.body['manifestSha256']);
    const manifest = JSON.parse(manifestBytes.toString());
    expect(manifest).toEqual({
      manifestVersion: 1,
      provider: 'acme',
      game: 'slots',
      version: '1.1.0',
      markets: ['MT'],
      files: expect.any(Array),
      server: { runtime: 'node', entry: 'server.js' },
      client: { entry: 'client/index.html' },
      migrations: [
        'migrations/V1.1.0__add_bonus_round_v1_1_0.sql',
        'migrations/U1.1.0__add_bonus_round_v1_1_0.sql',
      ],
      flags: [],
    });
    expect(manifest.files).toHaveLength(6);
    for (const file of manifest.files) {
      const bytes = await get(new URL(file.path, manifestUrl).href);
      expect({ sizeBytes: bytes.length, sha256: sha256(bytes) }).toEqual({
        sizeBytes: file.sizeBytes,
        sha256: file.sha256,
      });
    }
  });

  it('stamps the version into the client, and the faults into release.json', async () => {
    await post('/publish', {
      game: 'slots',
      version: '1.2.0',
      errorRate: 0.03,
      slowRate: 0.1,
      slowMs: 300,
      faultsAfterRequests: 50,
    });
    const folder = `${url}/releases/slots/1.2.0`;
    expect((await get(`${folder}/client/index.html`)).toString()).toBe('<title>1.2.0</title>');
    expect((await get(`${folder}/client/game.js`)).toString()).toContain('"1.2.0"');
    expect(JSON.parse((await get(`${folder}/release.json`)).toString())).toEqual({
      version: '1.2.0',
      errorRate: 0.03,
      slowRate: 0.1,
      slowMs: 300,
      faultsAfterRequests: 50,
    });
  });

  it('builds the same bytes for the same version twice', async () => {
    const first = await post('/publish', { game: 'slots', version: '1.1.0' });
    expect(await post('/publish', { game: 'slots', version: '1.1.0' })).toEqual(first);
  });

  it('announces a published version to the target it was given', async () => {
    const target = { aggregatorUrl: 'http://127.0.0.1:4001', provider: 'ludo', secret: SECRET };
    expect(await post('/configure', { ...target, aggregatorUrl: 'http://127.0.0.1:4001/' })).toEqual({
      status: 200,
      body: { aggregatorUrl: target.aggregatorUrl, provider: 'ludo' },
    });
    const publication = await post('/publish', { game: 'slots', version: '1.0.0' });
    const delivery = await post('/announce', { game: 'slots', version: '1.0.0', type: 'game.added' });
    expect(delivery.body).toEqual({ status: 202, webhookId: 'msg_1', attempts: 1, detail: '' });
    expect(sender.sent).toEqual([
      {
        target,
        announcement: {
          type: 'game.added',
          timestamp: expect.any(String),
          data: { game: 'slots', version: '1.0.0', ...publication.body },
        },
      },
    ]);
    const manifest = JSON.parse((await get(String(publication.body['manifestUrl']))).toString());
    expect(manifest.provider).toBe('ludo');
  });

  it.each([
    ['an announcement without a target', '/announce', { game: 'slots', version: '1.0.0' }, 409],
    ['a version that is not SemVer', '/publish', { game: 'slots', version: 'latest' }, 422],
    ['a rate over one', '/publish', { game: 'slots', version: '1.0.0', errorRate: 3 }, 422],
    ['a market that is none', '/publish', { game: 'slots', version: '1.0.0', markets: ['Malta'] }, 422],
    ['a list for a body', '/publish', [], 400],
    [
      'a secret that signs nothing',
      '/configure',
      { aggregatorUrl: 'http://a', provider: 'a', secret: 'x' },
      422,
    ],
    ['an unknown path', '/retract', {}, 404],
  ])('refuses %s', async (_name, path, body, status) => {
    expect(await post(path, body)).toEqual({
      status,
      body: { title: expect.any(String), status, detail: expect.any(String) },
    });
  });

  it('refuses to announce what was never published', async () => {
    await post('/configure', { aggregatorUrl: 'http://127.0.0.1:4001', provider: 'ludo', secret: SECRET });
    expect((await post('/announce', { game: 'slots', version: '9.9.9' })).status).toBe(404);
    expect(sender.sent).toEqual([]);
  });

  it('serves nothing outside a published release', async () => {
    await post('/publish', { game: 'slots', version: '1.0.0' });
    for (const path of ['server.ts', '..%2f..%2fpackage.json', '%', ''])
      expect((await fetch(`${url}/releases/slots/1.0.0/${path}`)).status).toBeGreaterThanOrEqual(400);
  });
});
