import { readFile } from 'node:fs/promises';
import type { AuditRecord } from '@croupier/contracts';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { Browser } from 'playwright-core';
import request from 'supertest';
import { introduce, startPlatform, startProvider, type TestPlatform } from '../platform';
import { start, stop } from '../program';
import { ConsolePage, startBrowser } from './console-browser';
import { breakRegistry } from './registry-fault';

const GAME = 'lucky-sevens';
const PATHS = [
  '/',
  '/where',
  '/releases',
  '/approvals',
  '/providers',
  '/dead-letters',
  '/flags',
  '/migrations',
  '/invalidations',
  '/audit',
];
const DEADLINE_MS = 120_000;
const PATIENCE = { timeoutMs: 60_000 };

describe('an operator at the console', () => {
  let database: FreshDatabase;
  let platform: TestPlatform;
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let browser: Browser;
  let at: ConsolePage;

  beforeAll(async () => {
    database = await freshDatabase();
    [platform, provider, browser] = await Promise.all([
      startPlatform({
        DATABASE_URL: database.url,
        STEP_MIN_DURATION_MS: '2000',
        STEP_MIN_REQUESTS: '50',
        DRAIN_MS: '5000',
      }),
      startProvider(),
      startBrowser(),
    ]);
    at = await ConsolePage.open(browser, platform.urls.console);
  }, DEADLINE_MS);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([platform?.stop(), provider?.stop()]);
    await database?.drop();
  }, DEADLINE_MS);

  const bearer = () => `Bearer ${platform.secrets['OPERATOR_TOKEN']}`;

  async function ship(game: string, version: string, faults = {}): Promise<void> {
    const published = { game, version, markets: ['MT'], ...faults };
    await request(provider.url).post('/publish').send(published).expect(201);
    await request(provider.url).post('/announce').send({ game, version }).expect(200);
  }

  const statusOf = async (game: string, version: string): Promise<string | undefined> => {
    const { body } = await request(platform.urls.deployer)
      .get(`/v1/releases?game=${game}&version=${version}`)
      .set('authorization', bearer())
      .expect(200);
    return body.releases[0]?.status;
  };

  it('may run no script but the page, and reads no service without a token', async () => {
    const answer = await request(platform.urls.console).get('/releases').expect(200);
    expect(answer.headers['content-security-policy']).toContain("script-src 'self';");
    await request(platform.urls.console).get('/api/deployer/v1/releases').expect(401);
  });

  it('signs in with the right token alone', async () => {
    await at.page.goto(platform.urls.console);
    await at.signIn('a-wrong-token-of-nobody');
    await at.page.getByText('This token is not accepted.').waitFor();
    await at.signIn(platform.secrets['OPERATOR_TOKEN'] ?? '');
    await at.page.getByRole('heading', { name: 'Rollouts' }).waitFor();
  });

  it(
    'sees a canary fail and roll back without a reload',
    async () => {
      await introduce(provider, platform, platform.secrets['OPERATOR_TOKEN'] ?? '');
      await ship(GAME, '1.0.0');
      const cardOf = (version: string) => at.page.getByRole('article', { name: version });
      await cardOf('1.0.0').locator('.state', { hasText: 'promoted' }).waitFor();
      const players = start('examples/players/dist/main.js', [
        ...['--gateway', platform.urls.gateway, '--provider', 'acme', '--game', GAME, '--markets', 'MT'],
        ...['--players', '300', '--rate', '200'],
      ]);
      try {
        await ship(GAME, '1.1.0', { errorRate: 0.1, faultsAfterRequests: 40 });
        const card = cardOf('1.1.0');
        await card
          .getByText(/Evidence against [1-9]/)
          .first()
          .waitFor();
        await at.picture('live-canary');
        await card.locator('.state', { hasText: 'rolled back' }).waitFor();
        await card.getByText(/Evidence against 100 %/).waitFor();
        await card.getByText(/1\.1\.0 is rolled back from/).waitFor();
        await at.picture('rolled-back', 680);
      } finally {
        await stop(players);
      }
    },
    DEADLINE_MS,
  );

  it(
    'approves a release that waits for it',
    async () => {
      await ship(GAME, '2.0.0');
      await at.visit('/approvals');
      await at.page.getByRole('row', { name: '2.0.0' }).waitFor();
      await at.picture('approval', 400);
      const call = await at.act('Approve', 'the certificate is there');
      expect(call).toMatch(/^curl -sS -X POST 'http.*\/approve' -H "authorization: Bearer \$TOKEN"/);
      await at.page.getByText('There is no such release.').waitFor();
      await eventually(async () => (await statusOf(GAME, '2.0.0')) !== 'awaiting-approval', PATIENCE);
    },
    DEADLINE_MS,
  );

  it(
    'overrides an approval that lacks, as an admin alone',
    async () => {
      const game = 'bell-fruits';
      await ship(game, '1.0.0');
      await eventually(async () => (await statusOf(game, '1.0.0')) === 'promoted', PATIENCE);
      await ship(game, '2.0.0');
      const path = '**/api/access/v1/whoami';
      const json = { kind: 'token', actor: 'ann', grants: [{ role: 'approver', subject: '*' }] };
      await at.page.route(path, (route) => route.fulfill({ json }));
      await at.visit('/approvals');
      await at.page.getByRole('row', { name: game }).getByRole('button', { name: 'Approve' }).waitFor();
      expect(await at.page.getByRole('button', { name: 'Override' }).count()).toBe(0);
      await at.page.unroute(path);

      await at.visit('/approvals');
      const call = await at.act('Override', 'the jackpot pays twice');
      expect(call).toMatch(/\/override' .*"reason":"the jackpot pays twice".*"digest":"[0-9a-f]{64}"/);
      await eventually(async () => (await statusOf(game, '2.0.0')) !== 'awaiting-approval', PATIENCE);
    },
    DEADLINE_MS,
  );

  it(
    'replays a dead letter once its cause is gone',
    async () => {
      const fault = await breakRegistry(database.url);
      await ship('wild-fruits', '1.0.0');
      await at.visit('/dead-letters');
      const registry = at.page.getByRole('region', { name: 'registry' });
      const letter = registry.getByText(/game\.version\.announced: .*takes no version today/);
      await letter.click();
      await registry.getByText('"specversion"').waitFor();
      await at.picture('dead-letter');
      await fault.mend();
      await at.act('Replay', 'the catalogue is mended');
      await registry.getByText('None is open.').waitFor();
      await eventually(async () => (await statusOf('wild-fruits', '1.0.0')) !== undefined, PATIENCE);
    },
    DEADLINE_MS,
  );

  it('turns a flag on and off', async () => {
    await request(platform.urls.flags)
      .put('/v1/flags/bonus-round')
      .set('authorization', bearer())
      .set('if-none-match', '*')
      .send({ reason: 'the bonus round', enabled: false })
      .expect((answer) => expect(answer.ok).toBe(true));
    const isOn = async (): Promise<boolean> => {
      const { body } = await request(platform.urls.flags)
        .get('/v1/flags/bonus-round')
        .set('authorization', bearer())
        .expect(200);
      return body.enabled;
    };
    await at.visit('/flags');
    await at.act('Turn on', 'the tournament begins');
    await at.page.getByRole('button', { name: 'Turn off', exact: true }).waitFor();
    expect(await isOn()).toBe(true);
    await at.picture('flag', 400);
    await at.act('Turn off', 'the tournament is over');
    await at.page.getByRole('button', { name: 'Turn off', exact: true }).waitFor({ state: 'detached' });
    expect(await isOn()).toBe(false);
  });

  it('sees what a change of a flag changed, field by field', async () => {
    await at.visit('/audit');
    await at.page.locator('summary', { hasText: 'the tournament begins' }).click();
    await at.page.getByRole('row', { name: /enabled false true$/ }).waitFor();
    const records = at.page.getByRole('region', { name: 'Latest records' });
    await records
      .getByRole('row', { name: /the tournament begins/ })
      .getByRole('link')
      .click();
    await at.page.getByText('Hash before').waitFor();
    expect(await at.barriers()).toEqual([]);
  });

  it('looks into a webhook, and delivers it once more', async () => {
    await at.visit('/providers');
    const webhooks = at.page.getByRole('region', { name: 'Latest webhooks' });
    await webhooks.getByRole('row').last().getByRole('link').click();
    await at.page.getByText(`"${GAME}"`).waitFor();
    const call = await at.act('Redeliver', 'the registry was away');
    expect(call).toMatch(/\/redeliver' .*"asNew":false/);
    expect(await at.barriers()).toEqual([]);
  });

  it('reads what runs in a market', async () => {
    await at.visit('/where');
    await at.page.getByLabel('Market').fill('mt');
    await at.page
      .getByRole('cell', { name: /^MT \d/ })
      .first()
      .waitFor();
    await at.page.getByLabel('Market').fill('SE');
    await at.page.getByText('Nothing ran there then.').waitFor();
  });

  it('looks into an invalidation, step by step', async () => {
    await at.visit('/invalidations');
    await at.page.getByRole('region', { name: 'Jobs' }).getByRole('link').first().click();
    await at.page
      .getByRole('rowheader', { name: /^purge / })
      .first()
      .waitFor();
    expect(await at.barriers()).toEqual([]);
  });

  it('downloads a signed report', async () => {
    const [body, name] = ['{"contentDigest":"…"}', `acme-${GAME}-MT-2026-01-01-2026-02-01.json`];
    await at.page.route('**/api/audit/v1/reports/service?*', (route) => route.fulfill({ body }));
    await at.visit('/audit');
    const form = at.page.getByRole('form', { name: 'Report' });
    await form.getByLabel('Game').fill(`acme/${GAME}`);
    await form.getByLabel('Market').fill('mt');
    await form.getByLabel('From').fill('2026-01-01');
    await form.getByLabel('Before').fill('2026-02-01');
    const [saved] = await Promise.all([
      at.page.waitForEvent('download'),
      form.getByRole('button', { name: 'JSON' }).click(),
    ]);
    expect([saved.suggestedFilename(), await readFile(await saved.path(), 'utf8')]).toEqual([name, body]);
  });

  it('reads the records of the audit service, and is told when there is none', async () => {
    const record: Partial<AuditRecord> = {
      ...{ tenant: 'acme', sequence: 1, at: '2026-01-01T00:00:00.000Z', service: 'deployer', actor: 'ann' },
      ...{ action: 'release.approved', object: { type: 'release', id: 'r1' }, reason: 'the certificate' },
    };
    const away = { type: 'https://croupier.dev/problems/service-away', title: 'Away', status: 502 };
    const path = '**/api/audit/v1/audit?*';
    await at.page.route(path, (route) => route.fulfill({ json: { items: [record] } }));
    await at.visit('/audit');
    await at.page.getByRole('rowheader', { name: 'release.approved' }).waitFor();
    await at.page.unroute(path);
    await at.page.route(path, (route) => route.fulfill({ status: 502, json: away }));
    await at.visit('/audit');
    await at.page.getByText('No audit service runs here').waitFor();
    await at.page.unroute(path);
  });

  it.each([
    { colorScheme: 'light', width: 1100, paths: PATHS },
    { colorScheme: 'dark', width: 1100, paths: ['/', '/releases', '/flags'] },
    { colorScheme: 'light', width: 390, paths: ['/', '/where', '/dead-letters'] },
  ] as const)(
    'finds nothing serious in the way of anybody in $colorScheme at $width px',
    async ({ colorScheme, width, paths }) => {
      await at.page.emulateMedia({ colorScheme });
      await at.page.setViewportSize({ width, height: 800 });
      const barriers: string[] = [];
      for (const path of paths) {
        await at.visit(path);
        barriers.push(...(await at.barriers()));
      }
      expect(barriers).toEqual([]);
    },
    DEADLINE_MS,
  );
});
