import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SnapshotFile } from './snapshot-file';

describe('the snapshot file', () => {
  let directory: string;
  let path: string;
  let file: SnapshotFile;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'snapshot-file-'));
    path = join(directory, 'deeper', 'gateway-routing.json');
    file = new SnapshotFile(path);
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('gives back the snapshot that was saved last, and leaves nothing else behind', async () => {
    await file.save({ routingVersion: 1, subjects: [] });
    await file.save({ routingVersion: 2, subjects: [] });
    expect(await file.load()).toEqual({ routingVersion: 2, subjects: [] });
    expect(await readdir(join(directory, 'deeper'))).toEqual(['gateway-routing.json']);
  });

  it('gives nothing when nothing was saved', async () => {
    expect(await file.load()).toBeNull();
  });

  it.each(['', '{"routingVersion": 1', '{"routingVersion": "one", "subjects": []}'])(
    'refuses a file that holds %j',
    async (text) => {
      await file.save({ routingVersion: 1, subjects: [] });
      await writeFile(path, text);
      await expect(file.load()).rejects.toThrow();
    },
  );
});
