import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOrStart } from './find-or-start';
import type { RealService } from './real-service';
import { SharedState } from './shared-state';

describe('finding or starting a server', () => {
  let directory: string;
  let state: SharedState;
  let running: Set<string>;
  let started: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'croupier-testing-spec-'));
    state = new SharedState(directory);
    running = new Set();
    started = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  const launcher = (name: string, url?: string) => ({
    name,
    start: async () => {
      if (!url) throw new Error(`no ${name} here`);
      started.push(name);
      running.add(url);
      return url;
    },
  });

  const service = (launchers: RealService['launchers']): RealService => ({
    title: 'Wheel',
    variable: 'WHEEL_URL',
    defaultUrl: 'wheel://default:1',
    probe: async (url) => {
      if (!running.has(url)) throw new Error('refused');
    },
    launchers,
  });

  it('takes the address in the environment before anything else', async () => {
    running.add('wheel://given:1').add('wheel://default:1');
    const url = await findOrStart(service([]), state, { WHEEL_URL: 'wheel://given:1' });
    expect(url).toBe('wheel://given:1');
  });

  it('takes what runs on the default port before it starts anything', async () => {
    running.add('wheel://default:1');
    expect(await findOrStart(service([launcher('engine', 'wheel://engine:1')]), state, {})).toBe(
      'wheel://default:1',
    );
    expect(started).toEqual([]);
  });

  it('starts with the first launcher that can', async () => {
    const launchers = [
      launcher('engine'),
      launcher('package', 'wheel://package:1'),
      launcher('last', 'wheel://last:1'),
    ];
    expect(await findOrStart(service(launchers), state, {})).toBe('wheel://package:1');
    expect(started).toEqual(['package']);
  });

  it('starts once for many who ask at the same time, and for who asks later', async () => {
    const asked = service([launcher('engine', 'wheel://engine:1')]);
    const urls = await Promise.all([1, 2, 3].map(() => findOrStart(asked, new SharedState(directory), {})));
    urls.push(await findOrStart(asked, state, {}));
    expect(urls).toEqual(Array(4).fill('wheel://engine:1'));
    expect(started).toEqual(['engine']);
  });

  it('says everything it tried and what to do when there is no way', async () => {
    const failure = findOrStart(service([launcher('engine'), launcher('package')]), state, {});
    await expect(failure).rejects.toThrow(
      /need Wheel[^]*default:1: refused[^]*engine: no engine here[^]*package: no package here[^]*Set WHEEL_URL/,
    );
  });
});
