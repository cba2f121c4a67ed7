import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReleaseId, type CloudEvent, type EventData, type ModuleArtifact } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import {
  digestOf,
  eventually,
  FakeArtifactory,
  FakeNexus,
  freshDatabase,
  OciPush,
  startOciRegistry,
  type FreshDatabase,
  type PushedManifest,
  type RunningOciRegistry,
} from '@croupier/testing';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { service } from '../service';
import { ArtifactRecords } from './artifact-records';

const OPERATOR = 'operator-token-of-the-test';
const REGISTRY_URL = 'http://registry.test';
const MANIFEST_TYPE = 'application/vnd.croupier.manifest.v1+json';
const COSIGN_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (publicKey: KeyObject): string => publicKey.export({ type: 'spki', format: 'pem' }).toString();

interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** A web server of a provider, which does what each test wants of it. */
class Site {
  answer: RequestListener = (_request, response) => response.writeHead(404).end();
  asked: string[] = [];
  private readonly server: Server = createServer((message, response) => {
    this.asked.push(message.url ?? '');
    this.answer(message, response);
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  pages(pages: Readonly<Record<string, string>>): void {
    this.answer = ({ url = '' }, response) => {
      const page = pages[url];
      response.writeHead(page === undefined ? 404 : 200).end(page);
    };
  }

  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

describe('artifacts', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let bus: EmbeddedBus;
  let running: RunningService;
  let oci: RunningOciRegistry;
  const site = new Site();
  const nexus = new FakeNexus({ username: 'reader', password: 'nexus-secret' });
  const artifactory = new FakeArtifactory();
  const heard = new Map<string, Told>();

  beforeAll(async () => {
    [database, oci] = await Promise.all([freshDatabase(), startOciRegistry()]);
    await Promise.all([site.start(), nexus.start(), artifactory.start()]);
    bus = new EmbeddedBus({ attempts: 2, backoff: { initialMs: 1, factor: 1, maxMs: 1 } });
    await bus.subscribe('deployer', ['artifact.registered', 'artifact.rejected'], async (event) => {
      heard.set(event.id, event as unknown as Told);
    });
    const required = { signatures: 'required', keys: [pem(key.publicKey)] };
    running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN: 'service-token-of-the-test',
        REGISTRY_URL,
        ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
        ARTIFACT_DEADLINE_MS: '5000',
        ARTIFACT_MAX_BYTES: String(4 * 1024 * 1024),
        ARTIFACT_MIN_BYTES_PER_SECOND: String(64 * 1024),
        ARTIFACT_RECHECK_INTERVAL_MS: '0',
        ARTIFACT_SOURCES: JSON.stringify({
          repositories: [
            { kind: 'oci', host: oci.host, plainHttp: true, names: ['modules'], prefix: 'platform/' },
            { kind: 'oci', host: new URL(site.url).host, plainHttp: true },
            { kind: 'nexus', url: nexus.url, username: 'reader', password: 'nexus-secret', names: ['raw'] },
            { kind: 'artifactory', url: `${artifactory.url}/artifactory`, names: ['libs'] },
          ],
          providers: { signer: required, off: { signatures: 'off' } },
        }),
      },
    });
    dataSource = await openDataSource({ url: database.url, schema: 'registry', migrations: [], poolSize: 1 });
  });

  afterAll(async () => {
    await running.stop();
    await bus.close();
    await dataSource.destroy();
    await Promise.all([site.stop(), nexus.stop(), artifactory.stop(), oci.stop()]);
    await database.drop();
  });

  function filesOf(game: string): Record<string, string> {
    return { 'server.js': `// ${game}`, 'client/index.html': `<title>${game}</title>` };
  }

  function manifestOf(game: string, change: object = {}, files = filesOf(game)): string {
    return JSON.stringify({
      manifestVersion: 1,
      provider: 'acme',
      game,
      version: '1.0.0',
      markets: ['MT'],
      files: Object.entries(files).map(([path, content]) => ({
        path,
        sizeBytes: Buffer.byteLength(content),
        sha256: sha256(content),
      })),
      server: { runtime: 'node', entry: 'server.js' },
      client: { entry: 'client/index.html' },
      ...change,
    });
  }

  const published = (): { webhookId: string; announcedAt: string } => ({
    webhookId: `msg_${randomUUID()}`,
    announcedAt: '2025-06-01T12:00:00Z',
  });

  async function announce(
    game: string,
    manifestUrl: string,
    manifestSha256: string,
    provider = 'acme',
  ): Promise<CloudEvent<'game.version.announced', EventData<'game.version.announced'>>> {
    const data = {
      provider,
      game,
      version: '1.0.0',
      change: 'added',
      manifestUrl,
      manifestSha256,
      ...published(),
    } as const;
    const event = newEvent('game.version.announced', data, { source: 'test' });
    await bus.publish([event]);
    return event;
  }

  async function release(
    module: string,
    artifact: ModuleArtifact | null,
    change: { provider?: string; version?: string } = {},
  ): Promise<void> {
    const data = {
      provider: 'acme',
      module,
      version: '1.0.0',
      artifact,
      pipelineUrl: null,
      ...published(),
      ...change,
    };
    await bus.publish([newEvent('module.released', data, { source: 'test' })]);
  }

  /** What the registry has told of a game, once nothing is left to be told. */
  async function told(game: string): Promise<Told[]> {
    await eventually(async () => {
      const [row] = await dataSource.query<{ waiting: string }[]>('SELECT count(*) AS waiting FROM outbox');
      return row?.waiting === '0';
    });
    return [...heard.values()].filter(({ data }) => data['game'] === game);
  }

  const rejected = (reason: string, detail: RegExp): object[] => [
    { type: 'artifact.rejected', data: { reason, detail: expect.stringMatching(detail) } },
  ];

  const get = (path: string): request.Test =>
    request(running.url).get(path).set('authorization', `Bearer ${OPERATOR}`);
  const recheck = async (game: string): Promise<unknown> => {
    const path = `/v1/games/acme/${game}/versions/1.0.0/artifact/recheck`;
    return (await request(running.url).post(path).set('authorization', `Bearer ${OPERATOR}`)).body.outcome;
  };

  describe('in an OCI registry', () => {
    const push = (repository: string): OciPush => new OciPush(oci.host, repository);
    const pushBundle = (game: string, tag: string, files: Record<string, string>): Promise<PushedManifest> =>
      push(game).files(files, { tag, artifactType: 'application/vnd.croupier.bundle.v1' });

    async function attachManifest(
      repository: string,
      subject: PushedManifest,
      manifest: string,
      files = {},
    ): Promise<PushedManifest> {
      const attached = await push(repository).files(
        { 'croupier.json': manifest, ...files },
        { artifactType: MANIFEST_TYPE, subject },
      );
      await push(repository).referrersTag(subject, [{ ...attached, artifactType: MANIFEST_TYPE }]);
      return attached;
    }

    const moduleManifest = (game: string, files: Record<string, string> = {}): string =>
      manifestOf(game, { server: undefined, client: undefined }, files);

    it.each(['tag', 'digest'])('registers a bundle that is announced by its %s', async (by) => {
      const game = `bundle-by-${by}`;
      const manifest = manifestOf(game);
      const bundle = await pushBundle(game, '1.0.0', { 'croupier.json': manifest, ...filesOf(game) });
      const reference = by === 'tag' ? `${game}:1.0.0` : `${game}@${bundle.digest}`;
      await announce(game, `oci://${oci.host}/${reference}`, sha256(manifest));

      expect(await told(game)).toMatchObject([
        {
          type: 'artifact.registered',
          data: {
            digest: sha256(manifest),
            manifestUrl: `${REGISTRY_URL}/v1/games/acme/${game}/versions/1.0.0/files/croupier.json`,
          },
        },
      ]);
      expect((await get(`/v1/games/acme/${game}/versions/1.0.0/artifact`)).body).toMatchObject({
        repository: 'oci',
        reference: `oci://${oci.host}/${reference}`,
        pinned: `oci://${oci.host}/${game}@${bundle.digest}`,
        digest: bundle.digest,
        signedBy: null,
      });
      // To whoever deploys it the registry gives what only the registry can fetch.
      const files = `/v1/games/acme/${game}/versions/1.0.0/files`;
      expect((await get(`${files}/client/index.html`)).body.toString()).toBe(
        filesOf(game)['client/index.html'],
      );
      expect((await get(`${files}/croupier.json`)).text).toBe(manifest);
      expect((await get(`${files}/other.js`)).status).toBe(404);
      expect((await request(running.url).get(`${files}/server.js`)).status).toBe(401);
    });

    it('makes a version of a module of its image, for all of its platforms', async () => {
      const images = [
        await push('platform/wallet').image('amd64'),
        await push('platform/wallet').image('arm64'),
      ];
      const index = await push('platform/wallet').index(images, '1.0.0');
      const migration = { 'migrations/V1__wallet.sql': 'CREATE TABLE wallets (id int)' };
      await attachManifest('platform/wallet', index, moduleManifest('wallet', migration), migration);
      await release('wallet', {
        kind: 'image',
        reference: `${oci.host}/platform/wallet:1.0.0`,
        digest: index.digest,
      });

      const [registered, ...more] = await told('wallet');
      expect(more).toEqual([]);
      const image = `${oci.host}/platform/wallet`;
      expect(registered).toMatchObject({
        type: 'artifact.registered',
        data: {
          provider: 'acme',
          game: 'wallet',
          manifest: { server: { runtime: 'image', image, digest: index.digest, port: 8080 } },
        },
      });
      const { body } = await get('/v1/games/acme/wallet/versions/1.0.0/artifact');
      expect(body).toMatchObject({
        reference: `${oci.host}/platform/wallet:1.0.0`,
        digest: index.digest,
        referrers: [{ artifactType: MANIFEST_TYPE }],
      });
      // Configuration and layer of each platform.
      expect(body.parts).toHaveLength(4);
      const text = (await request(running.url).get('/v1/games/acme/wallet/versions/1.0.0/manifest')).text;
      expect(registered?.data['digest']).toBe(sha256(text));
    });

    it('resolves the tag where the pipeline tells no digest, and the repository by its name', async () => {
      const image = await push('platform/kyc').image('kyc', '1.0.0');
      await attachManifest('platform/kyc', image, moduleManifest('kyc'));
      await release('kyc', { kind: 'image', reference: 'modules/kyc:1.0.0', digest: null });
      await release('kyc', { kind: 'image', reference: 'modules/kyc:1.0.0', digest: image.digest });

      expect((await told('kyc')).map(({ type }) => type)).toEqual(['artifact.registered']);
      expect((await get('/v1/games/acme/kyc/versions/1.0.0/artifact')).body.digest).toBe(image.digest);
    });

    it('refuses another image under the same version, and keeps what it was', async () => {
      const first = await push('platform/bonus').image('first', '1.0.0');
      await attachManifest('platform/bonus', first, moduleManifest('bonus'));
      await release('bonus', { kind: 'image', reference: 'modules/bonus:1.0.0', digest: null });
      const second = await push('platform/bonus').image('second', '1.0.0');
      await attachManifest('platform/bonus', second, moduleManifest('bonus'));
      await release('bonus', { kind: 'image', reference: 'modules/bonus:1.0.0', digest: null });

      expect(await told('bonus')).toMatchObject([
        { type: 'artifact.registered' },
        { type: 'artifact.rejected', data: { reason: 'digest-conflict' } },
      ]);
      const { body } = await get('/v1/rejections?game=bonus');
      const evidence = (await get(`/v1/rejections/${body.items[0].id}`)).body;
      expect(evidence.foundManifest).toContain(second.digest);
      expect(evidence).toMatchObject({ announcedDigest: null, registeredDigest: expect.any(String) });
    });

    it('notices that a tag was moved in silence, and tells of it once', async () => {
      const image = await push('platform/risk').image('first', '1.0.0');
      await attachManifest('platform/risk', image, moduleManifest('risk'));
      await release('risk', {
        kind: 'image',
        reference: `${oci.host}/platform/risk:1.0.0`,
        digest: image.digest,
      });
      expect(await recheck('risk')).toBe('same');
      const moved = await push('platform/risk').image('second', '1.0.0');
      expect([await recheck('risk'), await recheck('risk')]).toEqual(['republished', 'republished']);

      expect(await told('risk')).toMatchObject([
        { type: 'artifact.registered' },
        { type: 'artifact.rejected', data: { reason: 'republished' } },
      ]);
      expect((await get('/v1/rejections?game=risk')).body.items).toMatchObject([
        { reason: 'republished', registeredDigest: image.digest, foundDigest: moved.digest, webhookId: null },
      ]);
    });

    const refusedImages: [
      name: string,
      why: string,
      prepare: (module: string) => Promise<ModuleArtifact | null>,
      reason: string,
      detail: RegExp,
    ][] = [
      [
        'no-artifact',
        'of which no artifact was told',
        async () => null,
        'unreachable',
        /tells of no artifact/,
      ],
      [
        'no-tag',
        'whose tag is not there',
        async (module) => ({ kind: 'image', reference: `${oci.host}/${module}:1.0.0`, digest: null }),
        'unreachable',
        /has no tag 1\.0\.0/,
      ],
      [
        'no-manifest',
        'to which no manifest is attached',
        async (module) => {
          await push(module).image('x', '1.0.0');
          return { kind: 'image', reference: `${oci.host}/${module}:1.0.0`, digest: null };
        },
        'invalid-manifest',
        /^0 manifests .* one has to be/,
      ],
      [
        'unknown-name',
        'in a repository that nobody has configured',
        async (module) => ({ kind: 'image', reference: `elsewhere/${module}:1.0.0`, digest: null }),
        'unreachable',
        /elsewhere is in the `names` of no repository/,
      ],
      [
        'other-module',
        'with the manifest of another module',
        async (module) => {
          const image = await push(module).image('x', '1.0.0');
          await attachManifest(module, image, moduleManifest('wallet'));
          return { kind: 'image', reference: `${oci.host}/${module}:1.0.0`, digest: null };
        },
        'invalid-manifest',
        /game is wallet/,
      ],
      [
        'inside-address',
        'in a registry at a private address',
        async (module) => ({ kind: 'image', reference: `10.0.0.1:5000/${module}:1.0.0`, digest: null }),
        'forbidden-address',
        /no public address/,
      ],
    ];
    it.each(refusedImages)('refuses %s, a module %s', async (module, _, prepare, reason, detail) => {
      await release(module, await prepare(module));
      expect(await told(module)).toMatchObject(rejected(reason, detail));
    });

    it('refuses a bundle whose file is not the one that its manifest lists', async () => {
      const manifest = manifestOf('tampered');
      await pushBundle('tampered', '1.0.0', {
        'croupier.json': manifest,
        ...filesOf('tampered'),
        'server.js': '// tampereD',
      });
      await announce('tampered', `oci://${oci.host}/tampered:1.0.0`, sha256(manifest));
      expect(await told('tampered')).toMatchObject(rejected('digest-mismatch', /server\.js has digest/));
    });

    describe('with signatures', () => {
      /** As `cosign sign --key` stores it: under a tag that is made of the digest. */
      async function cosign(
        repository: string,
        subject: PushedManifest,
        by: KeyObject,
        about = subject.digest,
      ): Promise<void> {
        const payload = JSON.stringify({
          critical: {
            identity: { 'docker-reference': `${oci.host}/${repository}` },
            image: { 'docker-manifest-digest': about },
            type: 'cosign container image signature',
          },
          optional: null,
        });
        const signature = sign('sha256', Buffer.from(payload), by).toString('base64');
        const layer = await push(repository).blob(payload, COSIGN_TYPE, {
          'dev.cosignproject.cosign/signature': signature,
        });
        const config = await push(repository).blob('{}', 'application/vnd.oci.image.config.v1+json');
        await push(repository).manifest(
          { config, layers: [layer] },
          `${subject.digest.replace(':', '-')}.sig`,
        );
      }

      async function signedBundle(
        game: string,
        signing: (bundle: PushedManifest) => Promise<void>,
      ): Promise<void> {
        const manifest = manifestOf(game, { provider: 'signer' });
        const bundle = await pushBundle(game, '1.0.0', { 'croupier.json': manifest, ...filesOf(game) });
        await signing(bundle);
        await announce(game, `oci://${oci.host}/${game}:1.0.0`, sha256(manifest), 'signer');
      }

      it('registers what one of the keys has signed, and records which', async () => {
        await signedBundle('signed', (bundle) => cosign('signed', bundle, key.privateKey));
        expect((await told('signed')).map(({ type }) => type)).toEqual(['artifact.registered']);
        const der = key.publicKey.export({ type: 'spki', format: 'der' });
        const { body } = await get('/v1/games/signer/signed/versions/1.0.0/artifact');
        expect(body.signedBy).toBe(createHash('sha256').update(der).digest('hex'));
      });

      it.each<[string, string, (bundle: PushedManifest, game: string) => Promise<void>, RegExp]>([
        ['unsigned', 'nobody has signed', async () => undefined, /has no signature/],
        [
          'other-key',
          'another key has signed',
          (bundle, game) => cosign(game, bundle, otherKey.privateKey),
          /none of the 1 signatures/,
        ],
        [
          'other-subject',
          'has the signature of something else',
          (bundle, game) => cosign(game, bundle, key.privateKey, `sha256:${'0'.repeat(64)}`),
          /none of the 1 signatures/,
        ],
      ])('refuses %s, which %s', async (game, _, signing, detail) => {
        await signedBundle(game, (bundle) => signing(bundle, game));
        expect(await told(game)).toMatchObject(rejected('signature-invalid', detail));
      });
    });
  });

  describe('in Nexus', () => {
    const put = (game: string, files: Record<string, string>, manifest: string): string => {
      for (const [path, content] of Object.entries(files)) nexus.put(`raw/${game}/1.0.0/${path}`, content);
      nexus.put(`raw/${game}/1.0.0/manifest.json`, manifest);
      return `${nexus.url}/repository/raw/${game}/1.0.0/manifest.json`;
    };

    it('registers a version that has the checksums that Nexus keeps, with the credentials for it', async () => {
      const manifest = manifestOf('nexus-game');
      const url = put('nexus-game', filesOf('nexus-game'), manifest);
      await announce('nexus-game', url, sha256(manifest));

      expect(await told('nexus-game')).toMatchObject([{ type: 'artifact.registered' }]);
      const { body } = await get('/v1/games/acme/nexus-game/versions/1.0.0/artifact');
      expect(body).toMatchObject({ repository: 'nexus', pinned: url, digest: `sha256:${sha256(manifest)}` });
      const file = await get('/v1/games/acme/nexus-game/versions/1.0.0/files/server.js');
      expect(file.body.toString()).toBe('// nexus-game');
    });

    it('refuses by its checksum what it need not fetch', async () => {
      const manifest = manifestOf('nexus-changed');
      const url = put('nexus-changed', { ...filesOf('nexus-changed'), 'server.js': '// changed' }, manifest);
      await announce('nexus-changed', url, sha256(manifest));
      expect(await told('nexus-changed')).toMatchObject(
        rejected('digest-mismatch', /server\.js is kept with SHA-256/),
      );
      expect(nexus.asked).not.toContain('/repository/raw/nexus-changed/1.0.0/server.js');
    });

    it('refuses what has only weak checksums', async () => {
      const manifest = manifestOf('nexus-weak');
      const url = put('nexus-weak', filesOf('nexus-weak'), manifest);
      nexus.put('raw/nexus-weak/1.0.0/server.js', '// nexus-weak', {
        sha1: 'a'.repeat(40),
        md5: 'b'.repeat(32),
      });
      await announce('nexus-weak', url, sha256(manifest));
      expect(await told('nexus-weak')).toMatchObject(rejected('digest-mismatch', /keeps no SHA-256/));
    });

    it('registers a module from the folder that Nexus names in its message', async () => {
      const files = { 'wallet.tgz': 'bytes of the wallet' };
      const change = { server: { runtime: 'node', entry: 'wallet.tgz' }, client: { entry: 'wallet.tgz' } };
      nexus.put('raw/nexus-wallet/1.0.0/croupier.json', manifestOf('nexus-wallet', change, files));
      nexus.put('raw/nexus-wallet/1.0.0/wallet.tgz', files['wallet.tgz']);
      await release('nexus-wallet', { kind: 'file', reference: 'raw/nexus-wallet/1.0.0', sha256: null });
      expect(await told('nexus-wallet')).toMatchObject([{ type: 'artifact.registered' }]);
    });
  });

  describe('in Artifactory', () => {
    const put = (module: string, content: string, listed = content): void => {
      const change = { server: { runtime: 'node', entry: 'app.js' }, client: { entry: 'app.js' } };
      artifactory.put(`libs/${module}/1.0.0/app.js`, content);
      artifactory.put(`libs/${module}/1.0.0/croupier.json`, manifestOf(module, change, { 'app.js': listed }));
    };
    const reference = (module: string): string => `libs/${module}/1.0.0/app.js`;

    it('registers the file that its message names, by the manifest beside it', async () => {
      put('payments', '// payments');
      await release('payments', {
        kind: 'file',
        reference: reference('payments'),
        sha256: sha256('// payments'),
      });
      expect(await told('payments')).toMatchObject([{ type: 'artifact.registered' }]);
      const { body } = await get('/v1/games/acme/payments/versions/1.0.0/artifact');
      expect(body).toMatchObject({
        repository: 'artifactory',
        pinned: `${artifactory.url}/artifactory/libs/payments/1.0.0/croupier.json`,
      });
    });

    it('refuses a manifest that speaks of another file than the message', async () => {
      put('payouts', '// payouts');
      await release('payouts', { kind: 'file', reference: reference('payouts'), sha256: sha256('// other') });
      expect(await told('payouts')).toMatchObject(rejected('digest-mismatch', /the manifest says/));
    });

    it('does not believe a repository that contradicts itself', async () => {
      put('fraud', '// fraud');
      artifactory.put('libs/fraud/1.0.0/app.js', '// frauD', { sha256: sha256('// fraud') });
      await release('fraud', { kind: 'file', reference: reference('fraud'), sha256: null });
      expect(await told('fraud')).toMatchObject(rejected('unreachable', /answered 404/));
      await release('fraud', { kind: 'file', reference: reference('fraud'), sha256: sha256('// fraud') });
      expect((await told('fraud')).at(-1)).toMatchObject(
        rejected('digest-mismatch', /app\.js has SHA-256/)[0] ?? {},
      );
    });
  });

  describe('on web servers', () => {
    const pagesOf = (game: string, manifest: string): Record<string, string> => ({
      [`/${game}/manifest.json`]: manifest,
      ...Object.fromEntries(
        Object.entries(filesOf(game)).map(([path, content]) => [`/${game}/${path}`, content]),
      ),
    });

    it('keeps what was announced, registered and found of a version with another digest', async () => {
      const [first, second] = [manifestOf('evidence'), manifestOf('evidence', { flags: ['another'] })];
      site.pages(pagesOf('evidence', first));
      await announce('evidence', `${site.url}/evidence/manifest.json`, sha256(first));
      site.pages(pagesOf('evidence', second));
      const { data } = await announce('evidence', `${site.url}/evidence/manifest.json`, sha256(second));

      const { body } = await get('/v1/rejections?provider=acme&game=evidence&reason=digest-conflict');
      expect(body.items).toHaveLength(1);
      const evidence = await get(`/v1/rejections/${body.items[0].id}`);
      expect(evidence.body).toMatchObject({
        provider: 'acme',
        version: '1.0.0',
        webhookId: data.webhookId,
        announcedAt: '2025-06-01T12:00:00.000Z',
        announcedDigest: sha256(second),
        registeredDigest: sha256(first),
        foundDigest: sha256(second),
        foundBytes: second.length,
        foundManifest: second,
      });
      expect((await get('/v1/rejections/999999')).status).toBe(404);
    });

    it.each<[string, 'manifest' | 'file']>([
      ['republished-manifest', 'manifest'],
      ['republished-file', 'file'],
    ])('notices a silent republish: %s', async (game, what) => {
      const manifest = manifestOf(game);
      const pages = pagesOf(game, manifest);
      site.pages(pages);
      await announce(game, `${site.url}/${game}/manifest.json`, sha256(manifest));
      expect(await recheck(game)).toBe('same');
      site.pages({
        ...pages,
        [`/${game}/${what === 'file' ? 'server.js' : 'manifest.json'}`]: 'x'.repeat(`// ${game}`.length),
      });
      expect(await recheck(game)).toBe('republished');
      site.pages({});
      expect(await recheck(game)).toBe('gone');
      expect((await told(game)).map(({ data }) => data['reason'])).toEqual([undefined, 'republished']);
      expect((await get(`/v1/games/acme/${game}/versions/1.0.0`)).body.digest).toBe(sha256(manifest));
    });

    it('is looked at again while it is in production, by one replica at a time', async () => {
      for (const game of ['in-production', 'not-in-production']) {
        const manifest = manifestOf(game);
        site.pages(pagesOf(game, manifest));
        await announce(game, `${site.url}/${game}/manifest.json`, sha256(manifest));
      }
      const version = { provider: 'acme', game: 'in-production', version: '1.0.0' };
      const promoted = {
        ...version,
        releaseId: ReleaseId.parse(randomUUID()),
        previousVersion: null,
        flags: [],
      };
      await bus.publish([newEvent('rollout.promoted', promoted, { source: 'test' })]);

      const records = new ArtifactRecords(dataSource);
      const soon = new Date(Date.now() + 60_000);
      expect(await records.takeDue(new Date(0), 10)).toEqual([]);
      const due = await records.takeDue(soon, 10);
      expect(due).toMatchObject([{ ...version, manifestDigest: sha256(manifestOf('in-production')) }]);
      // To whoever takes with the same limit in mind it is looked at already.
      expect(await records.takeDue(due[0]?.checkedAt ?? soon, 10)).toEqual([]);
    });

    it.each([
      ['redirect-inside', 'http://10.0.0.1/manifest.json', /10\.0\.0\.1, which is no public address/],
      ['redirect-metadata', 'http://169.254.169.254/latest/meta-data/', /no public address/],
      ['redirect-file', 'file:///etc/passwd', /neither https nor http/],
    ])('refuses %s, a redirect to where nobody outside may look', async (game, target, detail) => {
      site.answer = (_request, response) => response.writeHead(302, { location: target }).end();
      await announce(game, `${site.url}/manifest.json`, 'a'.repeat(64));
      expect(await told(game)).toMatchObject(rejected('forbidden-address', detail));
    });

    it('follows a redirect, and serves the files itself then', async () => {
      const manifest = manifestOf('moved');
      const pages = pagesOf('moved', manifest);
      site.answer = ({ url = '' }, response) => {
        if (url.startsWith('/old/'))
          response.writeHead(308, { location: url.replace('/old/', '/moved/') }).end();
        else response.writeHead(pages[url] === undefined ? 404 : 200).end(pages[url]);
      };
      await announce('moved', `${site.url}/old/manifest.json`, sha256(manifest));
      expect(await told('moved')).toMatchObject([
        {
          type: 'artifact.registered',
          data: { manifestUrl: expect.stringContaining(`${REGISTRY_URL}/v1/games/`) },
        },
      ]);
      const file = await get('/v1/games/acme/moved/versions/1.0.0/files/server.js');
      expect(file.body.toString()).toBe('// moved');
    });

    it('refuses a server that drips', async () => {
      site.answer = (_request, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      };
      await announce('drip', `${site.url}/manifest.json`, 'a'.repeat(64));
      expect(await told('drip')).toMatchObject(rejected('unreachable', /sends less than|time was up/));
    });

    it.each<[string, object, string, RegExp]>([
      [
        'too-many-files',
        {
          files: Array.from({ length: 501 }, (_, n) => ({
            path: `f${n}`,
            sizeBytes: 0,
            sha256: 'a'.repeat(64),
          })),
        },
        'invalid-manifest',
        /files/,
      ],
      ['huge-manifest', { padding: 'x'.repeat(1024 * 1024) }, 'too-large', /more than 1048576 bytes/],
      [
        'too-many-bytes',
        {
          files: [{ path: 'a', sizeBytes: 5 * 1024 * 1024, sha256: 'a'.repeat(64) }],
          server: { runtime: 'node', entry: 'a' },
          client: { entry: 'a' },
        },
        'too-large',
        /a makes the version larger than 4194304 bytes/,
      ],
    ])('refuses %s', async (game, change, reason, detail) => {
      const manifest = manifestOf(game, change);
      site.pages({ [`/${game}/manifest.json`]: manifest });
      await announce(game, `${site.url}/${game}/manifest.json`, sha256(manifest));
      expect(await told(game)).toMatchObject(rejected(reason, detail));
    });

    it('registers nothing of a body that is cut, and all of it when it comes whole', async () => {
      const manifest = manifestOf('cut');
      const pages = pagesOf('cut', manifest);
      let cuts = 4;
      site.answer = ({ url = '' }, response) => {
        const page = pages[url] ?? '';
        response.writeHead(200, { 'content-length': Buffer.byteLength(page) });
        if (url.endsWith('server.js') && cuts-- > 0)
          response.write(page.slice(0, 3), () => response.destroy());
        else response.end(page);
      };
      await announce('cut', `${site.url}/cut/manifest.json`, sha256(manifest));
      expect(await told('cut')).toMatchObject([{ type: 'artifact.registered' }]);
    });

    it('takes a page of a login for no manifest', async () => {
      const page = '<!doctype html><title>Log in</title>';
      site.answer = (_request, response) => response.setHeader('content-type', 'text/html').end(page);
      await announce('login', `${site.url}/manifest.json`, sha256(page));
      expect(await told('login')).toMatchObject(rejected('invalid-manifest', /is not JSON/));
    });

    it('asks for a signature beside the manifest', async () => {
      const manifest = manifestOf('signed-blob', { provider: 'signer' });
      const url = `${site.url}/signed-blob/manifest.json`;
      site.pages(pagesOf('signed-blob', manifest));
      await announce('signed-blob', url, sha256(manifest), 'signer');
      const signature = sign('sha256', Buffer.from(manifest), key.privateKey).toString('base64');
      site.pages({ ...pagesOf('signed-blob', manifest), '/signed-blob/manifest.json.sig': `${signature}\n` });
      await announce('signed-blob', url, sha256(manifest), 'signer');
      expect((await told('signed-blob')).map(({ type, data }) => [type, data['reason']])).toEqual([
        ['artifact.rejected', 'signature-invalid'],
        ['artifact.registered', undefined],
      ]);
    });
  });

  describe('documents of registries that are not what they say', () => {
    const manifestType = 'application/vnd.oci.image.manifest.v1+json';
    const empty = {
      mediaType: 'application/vnd.oci.empty.v1+json',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 2,
    };

    it.each<[string, (document: string) => RequestListener, object, RegExp]>([
      [
        'is not what was asked for',
        () => (_request, response) =>
          response.setHeader('content-type', manifestType).end('{"schemaVersion":2}'),
        {},
        /has digest sha256:/,
      ],
      [
        'has another media type than it was sent as',
        (document) => (_request, response) =>
          response.setHeader('content-type', 'application/vnd.oci.image.index.v1+json').end(document),
        { mediaType: manifestType, config: empty, layers: [] },
        /says that it is .*manifest.*and was sent as .*index/,
      ],
      [
        'is an index and a manifest at once',
        (document) => (_request, response) => response.setHeader('content-type', manifestType).end(document),
        { mediaType: manifestType, config: empty, layers: [], manifests: [] },
        /has layers and manifests/,
      ],
      [
        'names a blob by another algorithm',
        (document) => (_request, response) => response.setHeader('content-type', manifestType).end(document),
        { mediaType: manifestType, config: { ...empty, digest: `sha512:${'0'.repeat(128)}` }, layers: [] },
        /must be sha256:/,
      ],
      [
        'names a blob by a digest cut short',
        (document) => (_request, response) => response.setHeader('content-type', manifestType).end(document),
        { mediaType: manifestType, config: { ...empty, digest: 'sha256:00' }, layers: [] },
        /must be sha256:/,
      ],
      [
        'has its layers elsewhere',
        (document) => (_request, response) => response.setHeader('content-type', manifestType).end(document),
        { mediaType: manifestType, config: empty, layers: [{ ...empty, urls: ['http://169.254.169.254/'] }] },
        /layers of other servers are not fetched/,
      ],
      [
        'is no OCI manifest',
        (document) => (_request, response) =>
          response.setHeader('content-type', 'application/json').end(document),
        {},
        /which is no OCI manifest/,
      ],
    ])('refuses one that %s', async (why, answering, content, detail) => {
      const game = why
        .replace(/[^a-z]+/g, '-')
        .slice(0, 40)
        .replace(/-$/, '');
      const document = JSON.stringify({ schemaVersion: 2, ...content });
      site.answer = answering(document);
      const expected =
        why === 'is not what was asked for' ? `sha256:${'a'.repeat(64)}` : digestOf(Buffer.from(document));
      await announce(game, `oci://${new URL(site.url).host}/${game}@${expected}`, 'a'.repeat(64));
      expect((await told(game))[0]).toMatchObject({ data: { detail: expect.stringMatching(detail) } });
    });
  });
});
