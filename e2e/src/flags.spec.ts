import { eventually } from '@croupier/testing';
import { startPlatform, type TestPlatform } from './platform';
import { finished, firstJson, start, stop } from './program';

describe('a module with feature flags', () => {
  let platform: TestPlatform;
  let engine: ReturnType<typeof start>;
  let engineUrl: string;

  beforeAll(async () => {
    platform = await startPlatform();
    engine = start('examples/modules/bonus-engine/dist/main.js', [], {
      FLAGS_URL: platform.urls.flags,
      FLAGS_CLIENT_TOKEN: platform.secrets['FLAGS_CLIENT_TOKEN'],
      FLAGS_BACKUP_PATH: platform.stateDirectory,
    });
    const { listening } = await firstJson<{ listening: number }>(engine);
    engineUrl = `http://127.0.0.1:${listening}`;
  });
  afterAll(async () => {
    await stop(engine);
    await platform.stop();
  });

  async function bonus(): Promise<number> {
    const body = JSON.stringify({ player: 'ann', cents: 1_000 });
    const answer = await fetch(`${engineUrl}/deposits`, { method: 'POST', body });
    return ((await answer.json()) as { bonusCents: number }).bonusCents;
  }

  async function croupier(...args: string[]): Promise<unknown> {
    const { code, lastLine, errors } = await finished(
      start('apps/croupier/dist/main.js', ['flags', ...args, '--json', '--state', platform.stateDirectory], {
        FLAGS_URL: platform.urls.flags,
      }),
    );
    if (code !== 0) throw new Error(errors);
    return JSON.parse(lastLine);
  }

  it('changes what it does while it runs, as operators turn, kill and revive its flag', async () => {
    const reason = ['--reason', 'for the test'];
    expect(await bonus()).toBe(0);
    await croupier('on', 'bonus-round', ...reason);
    await eventually(async () => (await bonus()) === 100);
    await croupier('kill', 'bonus-round', ...reason);
    await eventually(async () => (await bonus()) === 0);
    await croupier('revive', 'bonus-round', ...reason);
    await eventually(async () => (await bonus()) === 100);
    expect(await croupier('list')).toMatchObject({
      flags: [{ name: 'bonus-round', enabled: true, killed: null }],
    });
  });
});
