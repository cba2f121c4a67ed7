import { checkManifest, type ExpectedManifest } from './manifest-check';
import { sha256Of } from './sha256';

const manifest = {
  manifestVersion: 1,
  provider: 'acme',
  game: 'slots',
  version: '1.1.0',
  markets: ['MT', 'US-NJ'],
  files: [
    { path: 'server.js', sizeBytes: 3, sha256: 'a'.repeat(64) },
    { path: 'client/index.html', sizeBytes: 5, sha256: 'b'.repeat(64) },
  ],
  server: { runtime: 'node', entry: 'server.js' },
  client: { entry: 'client/index.html' },
};

function announced(bytes: Uint8Array): ExpectedManifest {
  return {
    provider: 'acme',
    game: 'slots',
    version: '1.1.0',
    manifestSha256: sha256Of(bytes),
  };
}

function check(content: object | Uint8Array): ReturnType<typeof checkManifest> {
  const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  return checkManifest(bytes, announced(bytes));
}

describe('checkManifest', () => {
  it('takes the manifest that was announced, and keeps its text to the byte', () => {
    const bytes = Buffer.from(JSON.stringify({ ...manifest, unknown: '\u00fc' }, null, 3));
    expect(check(bytes)).toMatchObject({
      kind: 'manifest',
      text: bytes.toString(),
      manifest: { version: '1.1.0', migrations: [], flags: [] },
    });
  });

  it('rejects bytes with another digest than announced', () => {
    const bytes = Buffer.from(JSON.stringify(manifest));
    expect(checkManifest(Buffer.concat([bytes, Buffer.from(' ')]), announced(bytes))).toMatchObject({
      kind: 'rejected',
      reason: 'digest-mismatch',
    });
  });

  it.each([
    ['what is not JSON', Buffer.from('<html>'), /not JSON in UTF-8/],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), /not JSON in UTF-8/],
    ['a byte order mark', Buffer.from(`\ufeff${JSON.stringify(manifest)}`), /not JSON in UTF-8/],
    ['a manifest against its schema', { ...manifest, markets: ['Malta'] }, /^markets\.0: /],
    ['a file outside its folder', { ...manifest, client: { entry: '../index.html' } }, /^client\.entry: /],
    [
      'an entry that is not among the files',
      { ...manifest, client: { entry: 'x.html' } },
      /does not list x\.html/,
    ],
    ['the manifest of another provider', { ...manifest, provider: 'other' }, /^provider is other/],
    ['the manifest of another game', { ...manifest, game: 'poker' }, /^game is poker/],
    ['the manifest of another version', { ...manifest, version: '1.1.0+x' }, /^version is 1\.1\.0\+x/],
    [
      'a file that is listed twice',
      { ...manifest, files: [...manifest.files, manifest.files[0]] },
      /server\.js twice/,
    ],
  ])('rejects %s', (_, content, detail) => {
    expect(check(content)).toMatchObject({
      kind: 'rejected',
      reason: 'invalid-manifest',
      detail: expect.stringMatching(detail),
    });
  });

  describe('of an image', () => {
    const image = { repository: 'registry.example.com/platform/wallet', digest: `sha256:${'c'.repeat(64)}` };
    const { server: _, client: __, ...module } = { ...manifest, files: [] };
    const checkImage = (content: object): ReturnType<typeof checkManifest> => {
      const bytes = Buffer.from(JSON.stringify(content));
      return checkManifest(bytes, { ...announced(bytes), manifestSha256: null, image });
    };

    it('has the image by its digest in it, which counts for the digest of the version', () => {
      const server = { runtime: 'image', image: image.repository, digest: image.digest };
      const checked = checkImage(module);
      expect(checked).toMatchObject({ kind: 'manifest', manifest: { server: { ...server, port: 8080 } } });
      if (checked.kind === 'manifest') expect(checked.digest).toBe(sha256Of(Buffer.from(checked.text)));
      expect(checkImage({ ...module, server: { port: 9000 } })).toMatchObject({
        manifest: { server: { ...server, port: 9000 } },
      });
    });

    it.each([
      { runtime: 'node', entry: 'server.js' },
      { image: 'registry.example.com/platform/other' },
      { digest: `sha256:${'d'.repeat(64)}` },
    ])('does not take %j for its server', (server) => {
      expect(checkImage({ ...module, server })).toMatchObject({
        kind: 'rejected',
        reason: 'invalid-manifest',
        detail: expect.stringMatching(/^server: is another/),
      });
    });
  });
});
