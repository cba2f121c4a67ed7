import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ProviderSettings,
  type ProviderSummary,
  type ProviderTest,
  type ProviderView,
} from '@croupier/contracts';
import { commandsAgainst } from '../../../test/command-run';
import {
  createProvider,
  listProviders,
  pauseProvider,
  resumeProvider,
  rotateProvider,
  showProvider,
  testProvider,
} from './provider-commands';

const AT = '2026-03-01T12:00:00.000Z';
const SECRET = 'whsec_bm90IGEgc2VjcmV0IG9mIGFueWJvZHk=';
const state = '/nowhere';

const view: ProviderView = {
  name: 'acme',
  settings: ProviderSettings.parse({}),
  revision: 3,
  createdAt: AT,
  rotatedAt: AT,
  secrets: [
    { createdAt: AT, validUntil: null },
    { createdAt: AT, validUntil: '2026-03-02T12:00:00.000Z' },
  ],
  paused: null,
};
const paused: ProviderView = { ...view, paused: { since: AT, reason: 'its keys leaked' } };
const tested: ProviderTest = {
  webhookId: 'msg_test',
  eventId: 'e1',
  outcome: 'accepted',
  reason: null,
  events: [{ type: 'game.version.announced', data: { game: 'slots' } }],
};

function summaryOf(name: string, change: Partial<ProviderSummary> = {}): ProviderSummary {
  const settings = { signature: 'standard-webhooks', payload: 'croupier' };
  return { name, createdAt: AT, rotatedAt: AT, activeSecrets: 1, paused: false, ...settings, ...change };
}

describe('croupier providers', () => {
  const run = commandsAgainst('AGGREGATOR_URL');
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'croupier-providers-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function fileOf(name: string, content: string): Promise<string> {
    const file = join(directory, name);
    await writeFile(file, content);
    return file;
  }

  it('lists all of them, page after page', async () => {
    const many = Array.from({ length: 500 }, (_, index) => summaryOf(`p${index}`));
    const last = summaryOf('zeta', { rotatedAt: null, activeSecrets: 0, paused: true });
    run.api.answer = ({ url }) => ({ body: { providers: url.includes('after=p499') ? [last] : many } });
    await listProviders({ state });
    expect(run.printed).toHaveLength(502);
    expect(run.printed[1]).toMatch(/^p0 +standard-webhooks +croupier +1 +2026-03-01 +on$/);
    expect(run.printed.at(-1)).toMatch(/^zeta +standard-webhooks +croupier +0 +- +paused$/);
    expect(run.api.asked.map(({ url }) => url)).toEqual([
      '/v1/providers?limit=500',
      '/v1/providers?limit=500&after=p499',
    ]);
  });

  it('says so when there are none, and prints JSON to programs', async () => {
    run.api.answer = () => ({ body: { providers: [] } });
    await listProviders({ state });
    await listProviders({ state, json: true });
    expect(run.printed).toEqual(['No providers.', '{"providers":[]}']);
  });

  it('shows one with its secrets and settings, and whether it is paused', async () => {
    run.api.answer = () => ({ body: paused });
    await showProvider('acme', { state });
    expect(run.printed.slice(0, 4)).toEqual([
      `acme  paused since ${AT}: its keys leaked`,
      `created ${AT}, revision 3`,
      `secret of ${AT}, current`,
      `secret of ${AT}, until 2026-03-02T12:00:00.000Z`,
    ]);
    expect(JSON.parse(run.printed[4] ?? '')).toEqual(view.settings);
  });

  it('creates one by the settings of a file, and prints its secret alone', async () => {
    run.api.answer = ({ method }) =>
      method === 'PUT' ? { body: { name: 'acme', secret: SECRET } } : undefined;
    const settings = { eventTypes: ['game.added'] };
    const options = {
      settings: await fileOf('settings.json', JSON.stringify(settings)),
      secretFile: await fileOf('secret', `${SECRET}\n`),
    };
    await createProvider('acme', { state, ...options });
    expect(run.printed).toEqual([SECRET]);
    expect(run.api.asked.at(-1)).toMatchObject({
      method: 'PUT',
      url: '/v1/providers/acme',
      body: { settings, secret: SECRET },
    });
  });

  it('creates none where there is one, which would get a new secret', async () => {
    run.api.answer = () => ({ body: view });
    await expect(createProvider('acme', { state })).rejects.toThrow('croupier providers rotate acme');
    expect(run.api.asked.map(({ method }) => method)).toEqual(['GET']);
  });

  it('refuses settings that are no JSON before it asks for anything to be changed', async () => {
    run.api.answer = () => undefined;
    const settings = await fileOf('broken.json', '{');
    await expect(createProvider('acme', { state, settings })).rejects.toThrow('is not JSON');
    expect(run.api.asked.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('rotates a secret, with the overlap that is asked for', async () => {
    run.api.answer = () => ({ body: { name: 'acme', secret: SECRET } });
    await rotateProvider('acme', { state, overlap: '60', json: true });
    expect(JSON.parse(run.printed[0] ?? '')).toEqual({ name: 'acme', secret: SECRET });
    expect(run.api.asked).toMatchObject([
      { method: 'POST', url: '/v1/providers/acme/rotate', body: { overlapSeconds: 60 } },
    ]);
    await expect(rotateProvider('acme', { state, overlap: 'a day' })).rejects.toThrow('--overlap');
  });

  it('pauses one with the reason, and resumes it', async () => {
    run.api.answer = ({ url }) => ({ body: url.endsWith('/pause') ? paused : view });
    await pauseProvider('acme', { state, reason: 'its keys leaked' });
    await resumeProvider('acme', { state });
    expect(run.printed).toContain(`acme  paused since ${AT}: its keys leaked`);
    expect(run.printed).toContain('acme  on');
    expect(run.api.asked[0]?.body).toEqual({ reason: 'its keys leaked' });
  });

  it('tests one by a payload, and ends 1 when such a webhook would be ignored', async () => {
    run.api.answer = () => ({ body: tested });
    const payload = await fileOf('payload.json', '{"some":"body"}');
    await testProvider('acme', { state, payload });
    expect(process.exitCode).toBe(0);
    expect(run.printed).toEqual([
      'accepted',
      '  game.version.announced  {"game":"slots"}',
      'went the whole way as msg_test, event e1',
    ]);
    expect(run.api.asked[0]?.body).toEqual({ payload: { some: 'body' } });
    run.api.answer = () => ({ body: { ...tested, outcome: 'ignored', reason: 'not taken', events: [] } });
    await testProvider('acme', { state });
    expect(process.exitCode).toBe(1);
    expect(run.printed).toContain('ignored: not taken');
  });

  it('tells of a provider that there is not', async () => {
    run.api.answer = () => undefined;
    await expect(showProvider('nobody', { state })).rejects.toThrow('There is no such thing');
  });
});
