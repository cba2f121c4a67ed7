import { answer, eventually, HttpDouble } from '@croupier/testing';
import { Client } from 'pg';
import { Webhook } from 'svix';
import { DEPLOYER, newRelease, rolledBack, RunningAlerts } from '../test/running-alerts';

describe('the alerts service', () => {
  let running: RunningAlerts;
  beforeAll(async () => {
    running = await RunningAlerts.start();
    await running.slackChannel('slack', { rateLimit: null });
    await running.pagerDutyChannel('pager');
    await running.route('everything', ['slack'], { match: { subjects: ['acme/*'] } });
    await running.route('emergencies', ['pager'], {
      match: { severity: 'critical', subjects: ['acme/*'] },
    });
  });
  afterAll(() => running.stop());

  const of = (releaseId: string) => `&releaseId=${releaseId}`;

  it('tells of a rollback in one thread, and opens one incident that ends with the rollback', async () => {
    const release = newRelease('slots');
    await running.tell('rollout.started', { ...release, stableVersion: '1.1.0' });
    await running.tell('rollout.rolled_back', rolledBack(release));
    await running.tell('rollback.completed', release);

    const deliveries = await running.settled(of(release.releaseId));
    expect(deliveries.map(({ channel, state }) => `${channel} ${state}`).sort()).toEqual([
      ...['pager delivered', 'pager delivered'],
      ...['slack delivered', 'slack delivered', 'slack delivered'],
    ]);
    const posts = running.slack.posts.filter(({ text }) => text.includes('acme/slots'));
    expect(posts.map(({ text }) => text)).toEqual([
      ':information_source: The rollout of acme/slots 1.2.0 begins',
      ':rotating_light: acme/slots 1.2.0 failed as a canary and is rolled back',
      ':white_check_mark: The rollback of acme/slots 1.2.0 is done',
    ]);
    expect(running.slack.thread(posts[0]!.ts)).toEqual(posts);
    expect(running.slack.edits.get(posts[0]!.ts)).toBe(
      ':white_check_mark: The rollout of acme/slots 1.2.0 begins',
    );
    expect(posts[1]?.blocks[0]?.text?.text).toContain('of &lt;requests&gt; fail &amp; players notice');
    expect(JSON.stringify(posts[1]?.blocks)).toContain(
      `<${DEPLOYER}/v1/releases/${release.releaseId}/timeline|Timeline>`,
    );

    const key = `release:${release.releaseId}`;
    const events = running.pagerDuty.events.filter((event) => event.dedup_key === key);
    expect(events.map((event) => event.event_action)).toEqual(['trigger', 'resolve']);
    expect(events[0]?.payload).toMatchObject({ severity: 'critical', source: 'acme/slots' });
    expect(running.pagerDuty.incidents.get(key)).toBe('resolved');
  });

  it('tells once of an event that is delivered twice', async () => {
    const release = newRelease('dice');
    const event = await running.tell('rollout.rolled_back', rolledBack(release));
    await running.bus.publish([event]);
    await running.settled(of(release.releaseId));
    expect(await running.deliveries(of(release.releaseId))).toHaveLength(2);
  });

  it('opens no incident that nobody would resolve, when the end is heard of first', async () => {
    const release = newRelease('cards');
    await running.tell('rollback.completed', release, { time: '2026-01-01T00:00:02Z' });
    await running.tell('rollout.rolled_back', rolledBack(release), { time: '2026-01-01T00:00:01Z' });
    const deliveries = await running.settled(of(release.releaseId));
    expect(deliveries.map(({ channel }) => channel)).toEqual(['slack', 'slack']);
    expect(running.pagerDuty.incidents.has(`release:${release.releaseId}`)).toBe(false);
  });

  it('brings everything in its order after an outage of both over several attempts and a restart', async () => {
    const release = newRelease('wheel');
    running.slack.http.isDown = true;
    running.pagerDuty.http.isDown = true;
    await running.tell('rollout.rolled_back', rolledBack(release));
    await running.tell('rollback.completed', release);
    const first = await eventually(
      async () => {
        const found = await running.deliveries(of(release.releaseId));
        const tried = found.filter(({ attempts }) => attempts >= 3);
        return tried.length === 2 && tried;
      },
      { timeoutMs: 20_000 },
    );
    expect(first.map(({ channel }) => channel).sort()).toEqual(['pager', 'slack']);
    await running.restart();
    running.slack.http.isDown = false;
    running.pagerDuty.http.isDown = false;

    await running.settled(of(release.releaseId));
    const posts = running.slack.posts.filter(({ text }) => text.includes('acme/wheel'));
    expect(posts.map(({ threadTs }) => threadTs)).toEqual([null, posts[0]?.ts]);
    const key = `release:${release.releaseId}`;
    expect(
      running.pagerDuty.events.filter((event) => event.dedup_key === key).map((event) => event.event_action),
    ).toEqual(['trigger', 'resolve']);
    const { log, attempts } = await running.delivery(first[0]!.id);
    expect(log.map(({ number }) => number)).toEqual(log.map((_, index) => index + 1));
    expect(log.at(-1)).toMatchObject({ outcome: 'delivered', number: attempts });
    expect(log.slice(0, -1).every(({ outcome }) => outcome === 'failed')).toBe(true);
  });

  it('leaves a receiver alone for as long as it asks, with all that is for it', async () => {
    running.slack.http.next(answer(429, { ok: false, error: 'ratelimited' }, { 'retry-after': '2' }));
    const [one, other] = [newRelease('keno'), newRelease('bingo')];
    await running.tell('rollout.started', { ...one, stableVersion: null });
    const [held] = await eventually(async () => {
      const found = await running.deliveries(of(one.releaseId));
      return found[0]?.detail?.includes('enough') && found;
    });
    await running.tell('rollout.started', { ...other, stableVersion: null });
    const [later] = await running.settled(of(other.releaseId));
    const [asked, again] = await eventually(async () => {
      const { log } = await running.delivery(held!.id);
      return log.length === 2 && log;
    });
    for (const at of [again!.at, later!.finishedAt!])
      expect(Date.parse(at) - Date.parse(asked!.at)).toBeGreaterThanOrEqual(2_000);
    expect([again!.outcome, later!.attempts]).toEqual(['delivered', 1]);
  });

  it('gives up at once what no attempt can help, and tries again when somebody asks', async () => {
    const release = newRelease('craps');
    const refused = { ok: false, error: 'is_archived' };
    running.slack.http.next(answer(200, refused, { 'content-type': 'application/json' }));
    await running.tell('rollout.started', { ...release, stableVersion: null });
    const [failed] = await running.settled(of(release.releaseId));
    expect(failed).toMatchObject({ state: 'failed', attempts: 1, detail: 'Slack answered is_archived' });

    await running.call('post', `deliveries/${failed!.id}/retry`).expect(202);
    await eventually(async () => (await running.delivery(failed!.id)).state === 'delivered');
    await running.call('post', `deliveries/${failed!.id}/retry`).expect(409);
  });

  it('tells of the end also where the first message may not be edited', async () => {
    const release = newRelease('poker');
    await running.tell('rollout.rolled_back', rolledBack(release));
    await running.settled(of(release.releaseId));
    const refused = { ok: false, error: 'cant_update_message' };
    running.slack.http.next(answer(200, refused, { 'content-type': 'application/json' }));
    await running.tell('rollback.completed', release);
    await running.settled(of(release.releaseId));
    const [first, ...later] = running.slack.posts.filter(({ text }) => text.includes('acme/poker'));
    expect(later.map(({ threadTs }) => threadTs)).toEqual([first!.ts]);
    expect(running.slack.edits.has(first!.ts)).toBe(false);
  });

  it('signs webhooks with a secret that it has drawn, and that is nowhere to be read', async () => {
    const receiver = await HttpDouble.start(() => answer(204));
    const { secret } = await running.put('channels/hook', {
      settings: { kind: 'webhook', url: `${receiver.url}/alerts` },
    });
    const { body } = await running.call('post', 'channels/hook/test').expect(202);
    await eventually(async () => (await running.delivery(body.id)).state === 'delivered');

    const [seen] = receiver.seen;
    expect(seen?.headers['webhook-id']).toBe(body.id);
    expect(new Webhook(secret!).verify(seen!.body, seen!.headers)).toMatchObject({ kind: 'alerts.test' });
    const { body: shown } = await running.call('get', 'channels/hook').expect(200);
    expect(JSON.stringify(shown)).not.toContain('whsec');
    const client = new Client({ connectionString: running.database.url });
    await client.connect();
    const { rows } = await client.query<{ kept: string }>(
      `SELECT string_agg(document::text || encode(secret, 'escape'), '') AS kept FROM alerts.alert_document_versions`,
    );
    await client.end();
    expect(rows[0]?.kept).not.toContain(secret!.slice('whsec_'.length));
    expect(rows[0]?.kept).not.toContain(running.slack.token);
    await receiver.stop();
  });

  it('tests a pager with an incident that resolves', async () => {
    const { body } = await running.call('post', 'channels/pager/test').expect(202);
    await eventually(() => running.pagerDuty.incidents.get(`test:${body.id}`) === 'resolved');
  });

  it('tells of what has no release: certificates, rejections, dead letters, revocations', async () => {
    await running.route('registry', ['slack'], { match: { kinds: ['message.dead'] } });
    const version = { provider: 'acme', game: 'roulette', version: '2.0.0' };
    await running.tell('certificate.expiring', {
      ...{ ...version, market: 'MT', certificate: 'GLI-1', laboratory: 'GLI' },
      validTo: '2026-12-24T00:00:00Z',
    });
    await running.tell('artifact.rejected', { ...version, reason: 'republished', detail: 'other bytes' });
    await running.tell('message.dead', {
      ...{ service: 'registry', messageId: '1', messageType: 'game.certified', error: 'no', attempts: 5 },
    });
    const clearance = { revision: 2, markets: [], revoked: true };
    const revoked = { ...version, digest: 'a'.repeat(64), clearance, reason: 'a flaw', actor: 'ann' };
    await running.tell('clearance.changed', revoked);
    const titles = await eventually(() => {
      const found = running.slack.posts.filter(({ text }) => /roulette|registry/.test(text));
      return found.length === 4 && found.map(({ text }) => text);
    });
    expect(titles.sort()).toEqual([
      ':rotating_light: acme/roulette 2.0.0 has other bytes at its source than when it was registered',
      ':rotating_light: acme/roulette 2.0.0 is revoked',
      ':warning: The certificate of acme/roulette 2.0.0 for MT ends on 2026-12-24',
      ':x: registry cannot handle a game.certified message',
    ]);
  });

  it('sends each message once, whichever replica takes it', async () => {
    const replicas = await Promise.all([running.replica(), running.replica()]);
    const releases = Array.from({ length: 12 }, (_, index) => newRelease(`many-${index}`));
    await Promise.all(releases.map((release) => running.tell('rollout.rolled_back', rolledBack(release))));
    await Promise.all(releases.map((release) => running.tell('rollback.completed', release)));
    for (const { releaseId } of releases) await running.settled(of(releaseId));
    await Promise.all(replicas.map((replica) => replica.stop()));
    const texts = running.slack.posts.map(({ text }) => text).filter((text) => text.includes('acme/many-'));
    expect(texts).toHaveLength(24);
    expect(new Set(texts).size).toBe(24);
    for (const { releaseId } of releases)
      expect(running.pagerDuty.incidents.get(`release:${releaseId}`)).toBe('resolved');
  });
});
