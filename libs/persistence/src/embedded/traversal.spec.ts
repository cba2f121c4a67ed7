import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOpenToEveryone, isReachableByEveryone } from './traversal';

describe('what other users can reach', () => {
  let top: string;

  beforeEach(async () => {
    top = await mkdtemp('/tmp/croupier-traversal-');
    await chmod(top, 0o755);
    await mkdir(join(top, 'inner'));
    await chmod(join(top, 'inner'), 0o755);
    await writeFile(join(top, 'inner/file'), '');
    await chmod(join(top, 'inner/file'), 0o644);
  });
  afterEach(() => rm(top, { recursive: true }));

  it('is a folder whose every ancestor they may enter', async () => {
    expect(await isReachableByEveryone(join(top, 'inner'))).toBe(true);
    await chmod(top, 0o700);
    expect(await isReachableByEveryone(join(top, 'inner'))).toBe(false);
  });

  it('is a file they may read in such a folder', async () => {
    expect(await isOpenToEveryone(join(top, 'inner/file'))).toBe(true);
    await chmod(join(top, 'inner/file'), 0o640);
    expect(await isOpenToEveryone(join(top, 'inner/file'))).toBe(false);
  });

  it('is judged by where a link leads', async () => {
    await chmod(join(top, 'inner'), 0o700);
    await symlink(join(top, 'inner/file'), join(top, 'link'));
    expect(await isOpenToEveryone(join(top, 'link'))).toBe(false);
  });
});
