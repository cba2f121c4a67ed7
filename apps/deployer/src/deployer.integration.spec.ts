import type { TimelineEntry } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { TestDeployer } from '../test/test-deployer';

const typesOf = (entries: readonly TimelineEntry[]): string[] => entries.map(({ type }) => type);

describe('the deployer', () => {
  let deployer: TestDeployer;

  beforeAll(async () => {
    deployer = await TestDeployer.start();
  });
  afterAll(() => deployer.stop());

  it('promotes what is healthy, step by step, and rolls back what is not', async () => {
    await deployer.ship('slots', '1.0.0');
    await deployer.releaseIn('slots', '1.0.0', 'promoted');
    await deployer.ship('slots', '1.1.0');
    const good = await deployer.releaseIn('slots', '1.1.0', 'promoted');
    const weights = (await deployer.timeline(good))
      .filter(({ type }) => type === 'weight.confirmed')
      .map(({ data }) => (data as { weightPercent: number }).weightPercent);
    expect(weights.slice(0, 5)).toEqual([5, 10, 25, 50, 100]);

    deployer.errorRates.set('1.2.0', 0.2);
    await deployer.ship('slots', '1.2.0');
    const bad = await deployer.releaseIn('slots', '1.2.0', 'rolled-back');
    expect(bad).toMatchObject({ weightPercent: 0, stableVersion: '1.1.0' });
    expect(bad.reason).toMatch(/error-rate/);
    await deployer.untilDealt('slots', '1.1.0');
  });

  it('releases a version once, however often it is announced', async () => {
    const event = await deployer.ship('poker', '1.0.0');
    await deployer.repeat(event);
    await deployer.ship('poker', '1.0.0');
    await deployer.releaseIn('poker', '1.0.0', 'promoted');
    expect(await deployer.releasesOf('poker', '1.0.0')).toHaveLength(1);
  });

  it('sends players to all servers of a version that its provider runs, none of them on a host that is not named', async () => {
    const url = deployer.serverUrl('1.0.0');
    await deployer.ship('tombola', '1.0.0', { server: { runtime: 'remote', url, replicas: [`${url}/`] } });
    await deployer.releaseIn('tombola', '1.0.0', 'promoted');
    expect(await deployer.untilDealt('tombola', '1.0.0')).toMatchObject({
      stable: { endpoint: url, replicas: [url] },
    });

    const elsewhere = ['http://elsewhere.test'];
    await deployer.ship('tombola', '1.1.0', { server: { runtime: 'remote', url, replicas: elsewhere } });
    const failed = await deployer.releaseIn('tombola', '1.1.0', 'failed');
    expect(failed.reason).toContain('elsewhere.test is not one of REMOTE_SERVER_HOSTS');
  });

  it('asks two people before a major change, if the policy says so, and one person counts once', async () => {
    await deployer
      .call('put', '/v1/policies/careful')
      .set('if-none-match', '*')
      .send({
        reason: 'majors need two',
        scope: { subject: 'acme/roulette', change: 'major' },
        rules: { automation: { kind: 'approval', approvers: 2 } },
      })
      .expect(201);
    await deployer.ship('roulette', '1.0.0');
    await deployer.releaseIn('roulette', '1.0.0', 'promoted');
    await deployer.ship('roulette', '2.0.0');
    const release = await deployer.releaseIn('roulette', '2.0.0', 'awaiting-approval');
    await deployer.command(release, 'approve').set('x-croupier-actor', 'ann').expect(202);
    await deployer.command(release, 'approve').set('x-croupier-actor', 'ann').expect(409);
    await deployer.command(release, 'approve').set('x-croupier-actor', 'bob').expect(202);
    const promoted = await deployer.releaseIn('roulette', '2.0.0', 'promoted');
    const approvals = (await deployer.timeline(promoted)).filter(({ type }) => type === 'release.approved');
    expect(approvals.map(({ actor }) => actor)).toEqual(['ann', 'bob']);
  });

  it('takes the approval of an ordered release from somebody else than who ordered it, and of its digest alone', async () => {
    await deployer.ship('roulette', '3.0.0');
    const first = await deployer.releaseIn('roulette', '3.0.0', 'awaiting-approval');
    await deployer.command(first, 'reject').expect(202);
    const { body: ordered } = await deployer
      .call('post', '/v1/releases')
      .set('x-croupier-actor', 'cleo')
      .send({ provider: 'acme', game: 'roulette', version: '3.0.0', reason: 'once more' })
      .expect(201);
    await deployer.untilTold(ordered, 'approval.requested');
    const approve = (actor: string, body = {}) =>
      deployer.command(ordered, 'approve', body).set('x-croupier-actor', actor);
    const { body: refusal } = await approve('cleo').expect(409);
    expect(refusal.detail).toMatch('cleo has ordered it');
    await approve('ann', { digest: '0'.repeat(64) }).expect(409);
    await approve('ann', { digest: ordered.digest }).expect(202);
  });

  it('fails a release whose approvals do not come in the time that its policy gives them', async () => {
    await deployer
      .call('put', '/v1/policies/hasty')
      .set('if-none-match', '*')
      .send({
        reason: 'nobody decides on what was tested long ago',
        scope: { subject: 'acme/sicbo', change: 'major' },
        rules: { automation: { kind: 'approval', approvers: 1, expiresAfterMs: 50 } },
      })
      .expect(201);
    await deployer.ship('sicbo', '1.0.0');
    await deployer.releaseIn('sicbo', '1.0.0', 'promoted');
    await deployer.ship('sicbo', '2.0.0');
    const release = await deployer.releaseIn('sicbo', '2.0.0', 'failed');
    expect(release.reason).toMatch('the request for approval has expired with 0 of 1 approval');
    await deployer.command(release, 'approve').expect(409);
  });

  it('goes on without the approvals that lack when somebody overrides them', async () => {
    await deployer.ship('rummy', '1.0.0');
    await deployer.releaseIn('rummy', '1.0.0', 'promoted');
    await deployer.ship('rummy', '2.0.0');
    const release = await deployer.releaseIn('rummy', '2.0.0', 'awaiting-approval');
    const override = (body: object) =>
      deployer.command(release, 'override', body).set('x-croupier-actor', 'ann');
    await override({ reason: '' }).expect(422);
    await override({ digest: '0'.repeat(64) }).expect(409);
    await override({ reason: 'the jackpot pays twice', digest: release.digest }).expect(202);
    const told = await deployer.untilTold(release, 'approval.overridden');
    expect(told.find(({ type }) => type === 'approval.overridden')).toMatchObject({
      actor: 'ann',
      data: { digest: release.digest, given: 0, required: 1, reason: 'the jackpot pays twice' },
    });
    await deployer.releaseIn('rummy', '2.0.0', 'promoted');
  });

  it('takes no version for an earlier one that has never been promoted', async () => {
    await deployer.ship('rummy', '3.0.0');
    const waiting = await deployer.releaseIn('rummy', '3.0.0', 'awaiting-approval');
    await deployer.command(waiting, 'reject').expect(202);
    const order = { provider: 'acme', game: 'rummy', version: '3.0.0', reason: 'past the approvals' };
    const { body } = await deployer
      .call('post', '/v1/releases')
      .send({ ...order, strategy: 'rollback' })
      .expect(409);
    expect(body.detail).toMatch('3.0.0 has never been promoted');
  });

  it('asks for the approval of a major change also while the version before it is still on its way', async () => {
    await deployer.ship('faro', '1.0.0');
    await deployer.ship('faro', '2.0.0');
    await deployer.releaseIn('faro', '2.0.0', 'awaiting-approval');
  });

  it('puts an earlier version back at once when an operator orders it, and keeps who and why', async () => {
    await deployer.ship('dice', '1.0.0');
    await deployer.releaseIn('dice', '1.0.0', 'promoted');
    await deployer.ship('dice', '1.1.0');
    await deployer.untilDealt('dice', '1.1.0');
    const { body: ordered } = await deployer
      .call('post', '/v1/releases')
      .set('x-croupier-actor', 'ann')
      .send({ provider: 'acme', game: 'dice', version: '1.0.0', strategy: 'rollback', reason: 'odd payouts' })
      .expect(201);
    expect(ordered).toMatchObject({ strategy: 'rollback', attempt: 2 });
    await deployer.untilDealt('dice', '1.0.0');
    const [queued] = await deployer.timeline(ordered);
    expect(queued?.summary).toBe('1.0.0 is queued for release (rollback) by ann: odd payouts.');
  });

  it('turns a flag on and judges the stable version with it, without a deployment', async () => {
    await deployer.ship('bonus', '1.0.0');
    await deployer.untilDealt('bonus', '1.0.0');
    const order = { provider: 'acme', game: 'bonus', version: '1.0.0', reason: 'the bonus round' };
    const { body: ordered } = await deployer
      .call('post', '/v1/releases')
      .send({ ...order, strategy: 'flag', flags: ['bonus-round'] })
      .expect(201);
    await deployer.untilTold(ordered, 'rollout.promoted');
    const told = typesOf(await deployer.timeline(ordered));
    expect(told).toEqual(expect.arrayContaining(['flag.changed', 'flag.set', 'step.passed']));
    expect(told).not.toContain('workload.ready');
  });

  it('switches a blue-green release at once, after it has answered without traffic', async () => {
    await deployer.ship('wheel', '1.0.0');
    await deployer.untilDealt('wheel', '1.0.0');
    await deployer.ship('wheel', '1.1.0-rc.1');
    const { body: ordered } = await deployer
      .call('post', '/v1/releases')
      .send({
        provider: 'acme',
        game: 'wheel',
        version: '1.1.0-rc.1',
        strategy: 'blue-green',
        reason: 'try it',
      })
      .expect(201);
    await deployer.untilDealt('wheel', '1.1.0-rc.1');
    const steps = (await deployer.timeline(ordered)).filter(({ type }) => type === 'rollout.step');
    expect(steps.map(({ data }) => (data as { step: { kind: string } }).step.kind)).toEqual([
      'preview',
      'setWeight',
      'analysis',
    ]);
  });

  it('goes through one group of markets first, and then through the others', async () => {
    await deployer
      .call('put', '/v1/policies/malta-first')
      .set('if-none-match', '*')
      .send({
        reason: 'Malta first',
        scope: { subject: 'acme/plinko' },
        rules: {
          automation: { kind: 'auto' },
          strategy: { kind: 'canary', weights: [50, 100], waves: [['MT']] },
        },
      })
      .expect(201);
    const markets = ['MT', 'SE'];
    await deployer.ship('plinko', '1.0.0', { markets });
    await deployer.releaseIn('plinko', '1.0.0', 'promoted');
    await deployer.ship('plinko', '1.1.0', { markets });
    const release = await deployer.releaseIn('plinko', '1.1.0', 'promoted');
    const weights = (await deployer.timeline(release))
      .filter(({ type }) => type === 'rollout.step')
      .map(({ data }) => data as { step: { kind: string }; weights: object })
      .filter(({ step }) => step.kind === 'setWeight');
    expect(weights.map((step) => step.weights)).toEqual([
      { elsewhere: 0, markets: { MT: 50 } },
      { elsewhere: 0, markets: { MT: 100 } },
      { elsewhere: 50, markets: { MT: 100 } },
      { elsewhere: 100, markets: {} },
    ]);
  });

  it('lets nothing new have traffic during a freeze, and goes on after it', async () => {
    await deployer.ship('keno', '1.0.0');
    await deployer.releaseIn('keno', '1.0.0', 'promoted');
    const { headers } = await deployer
      .call('put', '/v1/freezes/grand-final')
      .set('if-none-match', '*')
      .send({
        reason: 'the grand final',
        scope: { subject: 'acme/keno' },
        window: {
          kind: 'once',
          from: new Date(Date.now() - 1_000).toISOString(),
          to: new Date(Date.now() + 3_600_000).toISOString(),
        },
      })
      .expect(201);
    await deployer.ship('keno', '1.1.0');
    const release = await deployer.releaseIn('keno', '1.1.0', 'deploying');
    await deployer.untilTold(release, 'rollout.waiting');
    await deployer
      .call('delete', '/v1/freezes/grand-final?reason=it%20is%20over')
      .set('if-match', headers['etag']!)
      .expect(204);
    await deployer.releaseIn('keno', '1.1.0', 'promoted');
  });

  it('waits for the module that a version requires', async () => {
    const requires = [{ subject: 'acme/rgs', range: '>=2.3.0' } as never];
    await deployer.ship('bingo', '1.0.0', { requires });
    const release = await deployer.releaseIn('bingo', '1.0.0', 'queued');
    await deployer.untilTold(release, 'release.waiting');
    await deployer.ship('rgs', '2.3.1');
    await deployer.releaseIn('bingo', '1.0.0', 'promoted');
  });

  it('answers a repeated command once, and refuses one that is meant for another state', async () => {
    await deployer.ship('craps', '1.0.0');
    await deployer.releaseIn('craps', '1.0.0', 'promoted');
    await deployer.ship('craps', '2.0.0');
    const release = await deployer.releaseIn('craps', '2.0.0', 'awaiting-approval');
    const { headers } = await deployer.call('get', `/v1/releases/${release.id}`).expect(200);
    await deployer.command(release, 'reject').set('if-match', '"1"').expect(412);
    const reject = () =>
      deployer
        .command(release, 'reject')
        .set('if-match', headers['etag']!)
        .set('idempotency-key', '"5f1f2d8e-once"')
        .expect(202);
    await reject();
    const { headers: again } = await reject();
    expect(again['idempotent-replayed']).toBe('true');
    expect(await deployer.releaseIn('craps', '2.0.0', 'failed')).toMatchObject({ weightPercent: 0 });
    const { body: retried } = await deployer.command(release, 'retry').expect(201);
    expect(retried).toMatchObject({ attempt: 2, status: 'queued' });
  });

  it('pages through the releases, each once', async () => {
    const seen: string[] = [];
    let path: string | null = '/v1/releases?limit=3';
    while (path !== null) {
      const { body }: { body: { releases: { id: string }[]; next: string | null } } = await deployer
        .call('get', path)
        .expect(200);
      seen.push(...body.releases.map(({ id }) => id));
      path = body.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(10);
  });

  it('streams what happens to a release, what has happened before included', async () => {
    await deployer.ship('baccarat', '1.0.0');
    const release = await deployer.releaseIn('baccarat', '1.0.0', 'promoted');
    const stopping = new AbortController();
    const told: string[] = [];
    const answer = await fetch(`${deployer.url}/v1/releases/${release.id}/events`, {
      headers: { authorization: 'Bearer operator-token-of-the-test' },
      signal: stopping.signal,
    });
    const reading = (async () => {
      for await (const chunk of answer.body!) told.push(Buffer.from(chunk as Uint8Array).toString());
    })().catch(() => undefined);
    await eventually(() => /event: rollout.promoted/.test(told.join('')));
    stopping.abort();
    await reading;
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  });
});
