import { eventually, registered } from '@croupier/testing';
import { Client } from 'pg';
import { newRelease, rolledBack, RunningAlerts } from '../../test/running-alerts';

const HOUR_MS = 3_600_000;
const timeOfDay = (atMs: number) => new Date(atMs).toISOString().slice(11, 16);
/** Two hours ago to in two hours: whenever this runs. */
const QUIET_NOW = {
  timeZone: 'UTC',
  from: timeOfDay(Date.now() - 2 * HOUR_MS),
  to: timeOfDay(Date.now() + 2 * HOUR_MS),
};

describe('who hears of what, and when', () => {
  let running: RunningAlerts;
  beforeAll(async () => void (running = await RunningAlerts.start()));
  afterAll(() => running.stop());

  async function sql(text: string): Promise<void> {
    const client = new Client({ connectionString: running.database.url });
    await client.connect();
    await client.query(text);
    await client.end();
  }

  /** As if the time had come until which everything is held. */
  const holdIsOver = () => sql(`UPDATE alerts.alert_deliveries SET held_until = now() WHERE state = 'held'`);

  const started = (game: string) =>
    running.tell('rollout.started', { ...newRelease(game), stableVersion: null });

  it('tells each channel of its severities, modules and markets, in its words', async () => {
    await running.slackChannel('malta');
    await running.slackChannel('sweden');
    await running.slackChannel('wallet');
    await running.route('malta', ['malta'], {
      match: { markets: ['MT'] },
      template: { title: '[{markets}] {title}' },
    });
    await running.route('sweden', ['sweden'], { match: { markets: ['SE'] } });
    await running.route('wallet', ['wallet'], { match: { severity: 'error', subjects: ['acme/wallet'] } });
    const release = newRelease('wallet');
    const { provider, game, version } = release;
    const artifact = registered(game, version, 'http://provider.test').data;
    await running.tell('artifact.registered', {
      ...artifact,
      clearance: { revision: 3, markets: ['MT', 'GB'], revoked: false },
    });
    // What comes late and is older changes nothing.
    await running.tell('clearance.changed', {
      ...{ provider, game, version, digest: artifact.digest, reason: 'certified', actor: 'ann' },
      clearance: { revision: 2, markets: ['SE'], revoked: false },
    });
    await running.tell('rollout.started', { ...release, stableVersion: null });
    await running.tell('rollout.rolled_back', rolledBack(release));

    const told = await running.settled(`&releaseId=${release.releaseId}`);
    expect(told.map(({ channel, message }) => `${channel} ${message.kind}`).sort()).toEqual([
      'malta rollout.rolled_back',
      'malta rollout.started',
      'wallet rollout.rolled_back',
    ]);
    expect(told.find(({ channel }) => channel === 'malta')?.message.title).toMatch(
      /^\[MT, GB\] acme\/wallet/,
    );
    await sql('DELETE FROM alerts.alert_deliveries');
  });

  it('holds in quiet hours what can wait, and tells it in one message afterwards', async () => {
    await running.slackChannel('night', { quietHours: QUIET_NOW });
    await running.route('night', ['night'], { match: { subjects: ['acme/quiet'] } });
    await started('quiet');
    await started('quiet');
    const urgent = newRelease('quiet');
    await running.tell('rollout.rolled_back', rolledBack(urgent));
    expect((await running.settled(`&releaseId=${urgent.releaseId}`))[0]).toMatchObject({
      state: 'delivered',
    });
    // Whoever has heard of the beginning hears of the end.
    await running.tell('rollback.completed', urgent);
    const ends = await running.settled(`&releaseId=${urgent.releaseId}&channel=night`);
    expect(ends.map(({ message, state }) => `${message.action} ${state}`)).toEqual([
      'resolve delivered',
      'trigger delivered',
    ]);
    const held = await running.deliveries('&channel=night&state=held');
    expect(held).toHaveLength(2);
    for (const { heldUntil, attempts } of held) {
      expect(timeOfDay(Date.parse(heldUntil!))).toBe(QUIET_NOW.to);
      expect(attempts).toBe(0);
    }

    await holdIsOver();
    const digest = await eventually(() =>
      running.slack.posts.find(({ text }) => text.includes('2 messages were held')),
    );
    expect(digest.blocks[0]?.text?.text.match(/The rollout of acme\/quiet 1.2.0 begins/g)).toHaveLength(2);
    const digested = await running.deliveries('&channel=night&state=digested');
    // Slack has it a moment before its delivery is recorded.
    const told = await eventually(async () => {
      const [last] = await running.deliveries('&channel=night&state=delivered');
      return last?.message.kind === 'alerts.digest' && last;
    });
    expect(told.message.kind).toBe('alerts.digest');
    expect(digested.map(({ digestId }) => digestId)).toEqual([told.id, told.id]);
  });

  it('holds what is more than a channel is to take, but for what is critical', async () => {
    await running.slackChannel('calm', { rateLimit: { messages: 2, perSeconds: 3_600 } });
    await running.route('calm', ['calm'], { match: { subjects: ['acme/storm'] } });
    for (let each = 0; each < 5; each += 1) await started('storm');
    const urgent = newRelease('storm');
    await running.tell('rollout.rolled_back', rolledBack(urgent));
    await running.settled(`&releaseId=${urgent.releaseId}`);
    const states = await eventually(async () => {
      const found = (await running.deliveries('&channel=calm')).map(({ state }) => state).sort();
      return found.filter((state) => state === 'delivered').length === 3 && found;
    });
    expect(states).toEqual(['delivered', 'delivered', 'delivered', 'held', 'held', 'held']);
    await holdIsOver();
    await eventually(() => running.slack.posts.some(({ text }) => text.includes('3 messages were held')));
  });

  it('keeps incidents apart when their pager is not to be disturbed, and forgets those that are over', async () => {
    await running.pagerDutyChannel('sleeper', { quietHours: { ...QUIET_NOW, below: 'critical' } });
    await running.route('sleeper', ['sleeper'], {
      match: { subjects: ['acme/sleepy'], severity: 'warning' },
    });
    const releases = [newRelease('sleepy'), newRelease('sleepy'), newRelease('sleepy')];
    for (const release of releases)
      await running.tell('rollout.held', { ...release, weightPercent: 5, reason: 'few' });
    await running.tell('rollout.promoted', { ...releases[0]!, previousVersion: null, flags: [] });
    await holdIsOver();
    const [over, ...open] = releases.map(({ releaseId }) => `release:${releaseId}`);
    await eventually(() => open.every((key) => running.pagerDuty.incidents.get(key) === 'triggered'));
    expect(running.pagerDuty.incidents.has(over!)).toBe(false);
    expect(await running.settled(`&releaseId=${releases[0]!.releaseId}&channel=sleeper`)).toMatchObject([
      { state: 'skipped', detail: 'resolved before it was told' },
    ]);
    await running.tell('rollout.promoted', { ...releases[1]!, previousVersion: null, flags: [] });
    await eventually(() => running.pagerDuty.incidents.get(open[0]!) === 'resolved');
  });
});

describe('channels and routes', () => {
  let running: RunningAlerts;
  beforeAll(async () => void (running = await RunningAlerts.start()));
  afterAll(() => running.stop());

  it('are changed in the state they are taken for, with every version kept', async () => {
    await running.slackChannel('ops');
    const document = { settings: { kind: 'slack', conversation: '#other' }, reason: 'it moved' };
    await running.call('put', 'channels/ops').send(document).expect(428);
    await running.call('put', 'channels/ops').set('if-match', '"9"').send(document).expect(412);
    // The token was given for the address before.
    const refused = await running
      .call('put', 'channels/ops')
      .set('if-match', '"1"')
      .send(document)
      .expect(422);
    expect(refused.body.errors).toEqual([expect.objectContaining({ field: 'secret' })]);
    const here = { ...document, settings: { ...document.settings, apiUrl: running.slack.apiUrl } };
    const changed = await running.call('put', 'channels/ops').set('if-match', '"1"').send(here).expect(200);
    expect(changed.body).toMatchObject({ version: 2, secret: null, settings: { conversation: '#other' } });
    const { body } = await running.call('get', 'channels/ops/history').expect(200);
    expect(body.items).toMatchObject([{ version: 2, reason: 'it moved' }, { version: 1 }]);
    expect(JSON.stringify(body)).not.toContain(running.slack.token);
  });

  it.each([
    ['a token of something else', { kind: 'slack', conversation: '#x' }, 'ghp_token', 'secret'],
    ['a key that is too short', { kind: 'pagerduty' }, 'short', 'secret'],
    ['no key', { kind: 'pagerduty' }, undefined, 'secret'],
    ['a secret without its prefix', { kind: 'webhook', url: 'https://example.com' }, 'abc', 'secret'],
    [
      'an address of something else',
      { kind: 'webhook', url: 'ftp://example.com' },
      undefined,
      'settings.url',
    ],
  ])('refuse %s', async (_what, settings, secret, field) => {
    const answer = await running
      .call('put', 'channels/refused')
      .set('if-none-match', '*')
      .send({ settings, secret, reason: 'the test asks' })
      .expect(422);
    expect(answer.body.errors).toEqual([expect.objectContaining({ field })]);
  });

  it('lead nowhere else than to channels that there are, and these stay as long as they are led to', async () => {
    const route = { channels: ['nowhere'], reason: 'the test asks' };
    await running.call('put', 'routes/lost').set('if-none-match', '*').send(route).expect(422);
    await running.slackChannel('used');
    await running.route('uses', ['used']);
    const reason = '?reason=not+needed';
    await running.call('delete', `channels/used${reason}`).set('if-match', '"1"').expect(409);
    await running.call('delete', `routes/uses${reason}`).set('if-match', '"1"').expect(204);
    await running.call('delete', `channels/used${reason}`).set('if-match', '"1"').expect(204);
    await running.call('get', 'channels/used').expect(404);
    await running.call('post', 'channels/used/test').expect(404);
  });
});
