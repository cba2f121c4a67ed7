import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registered } from '@croupier/testing';
import type { ArtifactStore } from '../artifact-store';
import type { WorkloadSpec } from '../deployment-target';
import { StaticTarget } from './static-target';

const PAGE = '<h1>Lucky sevens</h1>';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the static target', () => {
  let folder: string;
  let root: string;

  const specOf = (version: string, page = PAGE): WorkloadSpec => {
    const { manifestUrl, manifest } = registered('slots', version, 'http://games.test').data;
    const files = [{ path: 'index.html', sizeBytes: page.length, sha256: sha256(PAGE) }];
    const described = { ...manifest, server: { runtime: 'static' } as const, files };
    return { environment: 'production', digest: sha256(version), manifestUrl, manifest: described };
  };

  /** What the registry has fetched. */
  const storeWith = (page: string): ArtifactStore =>
    ({
      folderOf: async () => {
        const source = await mkdtemp(join(folder, 'source-'));
        await writeFile(join(source, 'index.html'), page);
        return source;
      },
    }) as unknown as ArtifactStore;

  const targetWith = (page = PAGE): StaticTarget =>
    new StaticTarget(storeWith(page), { root, baseUrl: 'https://cdn.test' });

  const pointer = async (version: string): Promise<Record<string, string>> =>
    JSON.parse(await readFile(join(root, `pointers/production/acme/slots/${version}.json`), 'utf8')) as never;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'croupier-static-'));
    root = join(folder, 'public');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('publishes files under an address that holds their digest, then the manifest, then the pointer', async () => {
    const { endpoint } = await targetWith().deploy(specOf('1.0.0'));
    const digest = sha256('1.0.0');
    expect(endpoint).toBe(`https://cdn.test/bundles/${digest}`);
    expect(await readFile(join(root, `bundles/${digest}/index.html`), 'utf8')).toBe(PAGE);
    expect(await pointer('1.0.0')).toEqual({
      version: '1.0.0',
      digest,
      manifest: `https://cdn.test/manifests/${digest}.json`,
      entry: `https://cdn.test/bundles/${digest}/index.html`,
    });
    expect(JSON.parse(await readFile(join(root, `manifests/${digest}.json`), 'utf8'))).toMatchObject({
      version: '1.0.0',
    });
  });

  it('points to nothing when a file is not what was registered, and leaves nothing half done', async () => {
    await expect(targetWith('<h1>Tampered</h1>').deploy(specOf('1.0.0'))).rejects.toThrow(
      'not what was registered',
    );
    await expect(pointer('1.0.0')).rejects.toThrow('ENOENT');
    await expect(readdir(join(root, 'manifests'))).rejects.toThrow('ENOENT');
  });

  it('is repeated without a change, and mends a bundle that is damaged', async () => {
    await targetWith().deploy(specOf('1.0.0'));
    const file = join(root, `bundles/${sha256('1.0.0')}/index.html`);
    await writeFile(file, 'damaged');
    await targetWith().deploy(specOf('1.0.0'));
    expect(await readFile(file, 'utf8')).toBe(PAGE);
  });

  it('takes the pointer away and keeps the bundle, for whoever has it open', async () => {
    const target = targetWith();
    await target.deploy(specOf('1.0.0'));
    await target.remove(specOf('1.0.0'));
    await target.remove(specOf('1.0.0'));
    await expect(pointer('1.0.0')).rejects.toThrow('ENOENT');
    expect(await readdir(join(root, 'bundles'))).toEqual([sha256('1.0.0')]);
  });
});
