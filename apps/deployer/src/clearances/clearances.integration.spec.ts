import type { SubjectRoute } from '@croupier/contracts';
import { TestDeployer } from '../../test/test-deployer';

const BOTH = { markets: ['MT', 'SE'] };

/** The version that a new session in the market gets of a route without a canary. */
function servedIn({ stable, fallbacks }: SubjectRoute, market: string): string | undefined {
  return [stable, ...fallbacks].find(({ markets }) => markets.includes(market))?.version;
}

describe('where versions are certified', () => {
  let deployer: TestDeployer;

  beforeAll(async () => {
    deployer = await TestDeployer.start({ DRAIN_MS: '1' });
  });
  afterAll(() => deployer.stop());

  const stableIn = async (game: string, version: string, markets: string[]) => {
    await deployer.ship(game, version, BOTH, { revision: 1, markets, revoked: false });
    return deployer.releaseIn(game, version, 'promoted');
  };

  it('splits a rollout: the new version here, the one before there, which is kept for as long as it is needed', async () => {
    await stableIn('slots', '1.0.0', ['MT', 'SE']);
    const release = await stableIn('slots', '1.1.0', ['MT']);
    const route = await deployer.untilRouted('slots', ({ stable }) => stable.version === '1.1.0');
    expect([servedIn(route, 'MT'), servedIn(route, 'SE')]).toEqual(['1.1.0', '1.0.0']);
    await deployer.untilTold(release, 'workload.retiring');

    await deployer.clear('slots', '1.1.0', 2, ['MT', 'SE']);
    const whole = await deployer.untilRouted('slots', ({ stable }) => stable.markets.length === 2);
    expect(whole).toMatchObject({ stable: { version: '1.1.0' }, fallbacks: [] });
    const added = (await deployer.releasesOf('slots', '1.1.0')).find(({ attempt }) => attempt === 2)!;
    const told = await deployer.timeline(added);
    expect(told[0]?.summary).toMatch(/queued for release \(canary\) by lab: it is certified in SE/);
    const weights = told.filter(({ type }) => type === 'weight.confirmed').map(({ data }) => data);
    expect(weights.slice(0, 2)).toMatchObject([{ weightPercent: 5 }, { weightPercent: 10 }]);
    expect((await deployer.untilTold(release, 'workload.retired')).at(-1)?.summary).toMatch(/1\.0\.0/);
  });

  it('are told whole, and the higher revision holds in whatever order they come', async () => {
    await deployer.clear('poker', '1.0.0', 3, ['SE']);
    await deployer.ship('poker', '1.0.0', BOTH, { revision: 2, markets: ['MT', 'SE'], revoked: false });
    await deployer.clear('poker', '1.0.0', 1, ['MT']);
    await deployer.releaseIn('poker', '1.0.0', 'promoted');
    const route = await deployer.untilRouted('poker', () => true);
    expect(route.stable.markets).toEqual(['SE']);
  });

  it('are waited for by a version that is certified nowhere, and never go beyond its manifest', async () => {
    await deployer.ship('keno', '1.0.0', { markets: ['MT'] }, { revision: 1, markets: [], revoked: false });
    expect(await deployer.releasesOf('keno', '1.0.0')).toEqual([]);
    await deployer.clear('keno', '1.0.0', 2, ['DE', 'MT']);
    await deployer.releaseIn('keno', '1.0.0', 'promoted');
    const route = await deployer.untilRouted('keno', () => true);
    expect(route.stable.markets).toEqual(['MT']);
  });

  it('change what is dealt at once, by one new routing version', async () => {
    await stableIn('dice', '1.0.0', ['MT', 'SE']);
    await deployer.untilRouted('dice', ({ stable }) => stable.markets.length === 2);
    const { routingVersion } = deployer.gateway.snapshot;
    await deployer.clear('dice', '1.0.0', 2, ['MT']);
    await deployer.untilRouted('dice', ({ stable }) => stable.markets.length === 1);
    expect(deployer.gateway.snapshot.routingVersion).toBe(routingVersion + 1);
  });
});

describe('a revoked version', () => {
  let deployer: TestDeployer;

  beforeAll(async () => {
    deployer = await TestDeployer.start({ STEP_MIN_DURATION_MS: '600000', STEP_DEADLINE_MS: '1200000' });
  });
  afterAll(() => deployer.stop());

  it('loses every market and every session at once, and the safest certified version becomes stable', async () => {
    await deployer.ship('slots', '1.0.0');
    await deployer.releaseIn('slots', '1.0.0', 'promoted');
    await deployer.ship('slots', '1.1.0');
    await deployer.command(await deployer.releaseIn('slots', '1.1.0', 'progressing'), 'promote').expect(202);
    const bad = await deployer.releaseIn('slots', '1.1.0', 'promoted');
    await deployer.untilDealt('slots', '1.1.0');
    await deployer.clear('slots', '1.1.0', 1, 'revoked');
    const route = await deployer.untilRouted('slots', ({ revoked }) => revoked.includes('1.1.0'));
    expect(servedIn(route, 'MT')).toBe('1.0.0');
    await deployer.untilDealt('slots', '1.0.0');
    expect((await deployer.timeline(bad)).map(({ summary }) => summary)).toContain(
      '1.1.0 is revoked, and served nowhere any more: the laboratory withdraws it.',
    );
    const standIn = (await deployer.releasesOf('slots', '1.0.0')).find(({ attempt }) => attempt === 2)!;
    const told = await deployer.untilTold(standIn, 'rollout.promoted');
    expect(told[0]?.summary).toBe(
      '1.0.0 is queued for release (rollback) by lab: 1.1.0 is revoked: the laboratory withdraws it.',
    );
    for (const { id } of [bad, standIn]) {
      const { body } = await deployer.call('get', `/v1/releases/${id}/timeline/verification`).expect(200);
      expect(body.verified).toBe(true);
    }
  });

  it('has its release ended, wherever that is, and cannot be ordered again', async () => {
    await deployer.ship('poker', '1.0.0');
    await deployer.releaseIn('poker', '1.0.0', 'promoted');
    await deployer.ship('poker', '1.1.0');
    await deployer.releaseIn('poker', '1.1.0', 'progressing');
    await deployer.clear('poker', '1.1.0', 1, 'revoked');
    const ended = await deployer.releaseIn('poker', '1.1.0', 'rolled-back');
    expect(ended.reason).toMatch(/^1\.1\.0 is rolled back.*it is revoked: the laboratory withdraws it/);
    const order = { provider: 'acme', game: 'poker', version: '1.1.0', reason: 'once more' };
    const { body } = await deployer.call('post', '/v1/releases').send(order).expect(409);
    expect(body.detail).toBe('1.1.0 is revoked.');
  });

  it('leaves nothing to deal when there is no other, and is never released when it was revoked before', async () => {
    await deployer.ship('keno', '1.0.0');
    await deployer.releaseIn('keno', '1.0.0', 'promoted');
    await deployer.clear('keno', '1.0.0', 1, 'revoked');
    const route = await deployer.untilRouted('keno', ({ revoked }) => revoked.length === 1);
    expect(servedIn(route, 'MT')).toBeUndefined();
    await deployer.clear('keno', '1.1.0', 1, 'revoked');
    await deployer.ship('keno', '1.1.0', {}, { revision: 2, markets: ['MT'], revoked: false });
    await deployer.ship('keno', '1.2.0');
    await deployer.releaseIn('keno', '1.2.0', 'progressing');
    const rescued = await deployer.untilRouted('keno', ({ fallbacks }) => fallbacks.length > 0);
    expect(servedIn(rescued, 'MT')).toBe('1.2.0');
    expect(await deployer.releasesOf('keno', '1.1.0')).toEqual([]);
  });
});
