import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SharedState } from './shared-state';

describe('the state that test processes share', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'croupier-testing-spec-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('lets one at a time work', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((done) => setImmediate(done));
      inside--;
    };
    await Promise.all([1, 2, 3, 4].map(() => new SharedState(directory).exclusively(work)));
    expect(most).toBe(1);
  });

  it('frees the lock when the work fails', async () => {
    const state = new SharedState(directory);
    await expect(state.exclusively(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(state.exclusively(async () => 'free')).resolves.toBe('free');
  });

  it('takes over the lock of a process that has ended', async () => {
    const ended = spawnSync(process.execPath, ['--version']).pid;
    await writeFile(join(directory, 'lock'), String(ended));
    await expect(new SharedState(directory).exclusively(async () => 'free')).resolves.toBe('free');
  });

  it('remembers where a server was started', async () => {
    const state = new SharedState(directory);
    expect(await state.addressOf('REDIS_URL')).toBeUndefined();
    await state.rememberAddress('REDIS_URL', 'redis://127.0.0.1:1');
    expect(await new SharedState(directory).addressOf('REDIS_URL')).toBe('redis://127.0.0.1:1');
  });
});
