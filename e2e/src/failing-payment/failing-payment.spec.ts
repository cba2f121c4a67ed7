import type { ReleaseView, TimelineEntry } from '@croupier/contracts';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import { startPlatform, type TestPlatform } from '../platform';
import { MODULE_NAME, PaymentSite, PLAYER_PREFIX, PROVIDER } from './payment-site';

const SUBJECT = `${PROVIDER}/${MODULE_NAME}`;
const SCHEMA = `module_${PROVIDER}_${MODULE_NAME}`;
const OPERATOR_TOKEN = 'an-operator-token-of-the-test';
const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const TEST_DEADLINE_MS = 150_000;

describe('a payment module whose version 2 fails its canary', () => {
  const site = new PaymentSite();
  let databases: FreshDatabase[];
  let platform: TestPlatform;
  let sql: Client;
  let secret: string;
  let players = 0;

  beforeAll(async () => {
    await site.open();
    databases = await Promise.all([freshDatabase(), freshDatabase(), freshDatabase()]);
    const [own, modules, shadow] = databases.map(({ url }) => url);
    platform = await startPlatform({
      DATABASE_URL: own,
      MODULE_DATABASE_URL: modules,
      MIGRATION_SHADOW_DATABASE_URL: shadow,
      OPERATOR_TOKEN,
      STEP_MIN_DURATION_MS: '500',
      STEP_MIN_REQUESTS: '20',
    });
    sql = new Client({ connectionString: modules });
    await sql.connect();
    const provider = await ask<{ secret: string }>('aggregator', 'PUT', `/v1/providers/${PROVIDER}`, {});
    secret = provider.secret;
    const rules = { automation: { kind: 'auto' }, strategy: { kind: 'canary', weights: [50, 100] } };
    await ask('deployer', 'PUT', '/v1/policies/payment', {
      scope: { subject: SUBJECT },
      rules,
      reason: 'the test waits for nobody',
    });
    await ship('1.0.0');
    await releaseIn('1.0.0', 'promoted');
  }, TEST_DEADLINE_MS);

  afterAll(async () => {
    await sql?.end();
    await platform?.stop();
    await site.close();
    for (const database of databases) await database.drop();
  }, TEST_DEADLINE_MS);

  it(
    'takes the traffic back first, and then what the version has brought',
    async () => {
      await ship('2.0.0');
      await releaseIn('2.0.0', 'progressing');
      expect(await tables()).toContain('refunds');

      const release = await playUntilRolledBack('2.0.0');

      const told = await timelineOf(release);
      expect(told.at(-1)?.summary).toMatch(/The schema after the rollback: 1 migrations are undone/);
      expect(await tables()).toEqual(['authorizations', 'flyway_schema_history']);
    },
    TEST_DEADLINE_MS,
  );

  it(
    'keeps what only that version knows once something has been written there, and says so',
    async () => {
      await ship('2.0.1');
      await releaseIn('2.0.1', 'progressing');
      await sql.query(`INSERT INTO ${SCHEMA}.refunds VALUES (1, 500)`);

      const release = await playUntilRolledBack('2.0.1');

      const told = await timelineOf(release);
      expect(told.at(-1)?.summary).toMatch(
        /V2\.0\.0__refunds\.sql stay, for an undo would lose data: refunds has 1 rows more/,
      );
      expect(await tables()).toContain('refunds');
    },
    TEST_DEADLINE_MS,
  );

  /** What led there, in order: the verdict, the traffic, the schema. */
  async function timelineOf({ id }: ReleaseView): Promise<TimelineEntry[]> {
    const entries = await eventually(async () => {
      const timeline = await ask<{ entries: TimelineEntry[] }>(
        'deployer',
        'GET',
        `/v1/releases/${id}/timeline`,
      );
      return timeline.entries.some(({ type }) => type === 'migration.reverted') && timeline.entries;
    }, PATIENCE);
    const ended = entries.slice(entries.findIndex(({ type }) => type === 'rollout.rolled_back'));
    const told = ended.filter(({ type }) => /^(rollout|weight|migration)\./.test(type));
    expect(told.map(({ type }) => type)).toEqual([
      'rollout.rolled_back',
      'weight.confirmed',
      'migration.reverted',
    ]);
    expect(told[0]?.data).toMatchObject({ cause: 'breach', weightPercent: 50 });
    expect(told[1]?.data).toMatchObject({ weightPercent: 0 });
    return told;
  }

  async function playUntilRolledBack(version: string): Promise<ReleaseView> {
    return eventually(async () => {
      await Promise.all(Array.from({ length: 10 }, play));
      return releaseOf(version, 'rolled-back');
    }, PATIENCE);
  }

  async function play(): Promise<void> {
    const player = `${PLAYER_PREFIX}${(players += 1)}`;
    const gateway = platform.urls.gateway;
    const launched = await fetch(`${gateway}/v1/launch/${SUBJECT}?player=${player}&market=MT`);
    const { playPath, sessionToken } = (await launched.json()) as { playPath: string; sessionToken: string };
    const paid = await fetch(`${gateway}${playPath}authorizations`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-croupier-session': sessionToken,
        'x-player': player,
      },
      body: JSON.stringify({ player, amount: 100, idempotencyKey: 'once' }),
    });
    await paid.text();
  }

  function ship(version: string): Promise<void> {
    return site.ship(version, platform.urls.aggregator, secret);
  }

  async function releaseOf(version: string, status: string): Promise<ReleaseView | undefined> {
    const path = `/v1/releases?version=${version}`;
    const { releases } = await ask<{ releases: ReleaseView[] }>('deployer', 'GET', path);
    return releases.find((release) => release.status === status);
  }

  function releaseIn(version: string, status: string): Promise<ReleaseView> {
    return eventually(() => releaseOf(version, status), PATIENCE);
  }

  async function tables(): Promise<string[]> {
    const { rows } = await sql.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1',
      [SCHEMA],
    );
    return rows.map(({ name }) => name);
  }

  async function ask<Answer>(
    service: 'aggregator' | 'deployer',
    method: string,
    path: string,
    body?: object,
  ): Promise<Answer> {
    const answer = await fetch(platform.urls[service] + path, {
      method,
      headers: {
        authorization: `Bearer ${OPERATOR_TOKEN}`,
        'content-type': 'application/json',
        ...(method === 'PUT' && service === 'deployer' && { 'if-none-match': '*' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }
});
