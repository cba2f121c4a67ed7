import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ReleaseView } from '@croupier/contracts';
import { eventually, startHaproxy, type RunningHaproxy } from '@croupier/testing';
import { TestDeployer } from '../../test/test-deployer';

const CONFIG = resolve(__dirname, '../../../../deploy/haproxy/haproxy.cfg');
const ANN = { 'x-croupier-player': 'ann', 'x-croupier-market': 'MT' };
const PATIENCE = { timeoutMs: 60_000 };

describe('a blue-green release over HAProxy', () => {
  let folder: string;
  let haproxy: RunningHaproxy;
  let deployer: TestDeployer;

  const served = async (): Promise<string | null> => {
    const answer = await fetch(`${haproxy.url}/acme/slots/health`, { headers: ANN });
    return answer.headers.get('x-croupier-version');
  };

  /** The release, once its green is proven and waits for somebody's word. */
  const proven = (version: string): Promise<ReleaseView> =>
    eventually(async () => {
      const [release] = await deployer.releasesOf('slots', version);
      return release?.stepIndex === 1 ? release : undefined;
    }, PATIENCE);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'croupier-blue-green-'));
    const socket = join(folder, 'socket');
    haproxy = await startHaproxy(CONFIG, socket);
    deployer = await TestDeployer.start({ TRAFFIC_ROUTERS: '*=haproxy', HAPROXY_SOCKETS: `unix:${socket}` });
    await deployer.ship('slots', '1.0.0');
    await deployer.releaseIn('slots', '1.0.0', 'promoted');
    await eventually(async () => (await served()) === '1.0.0', PATIENCE);
    await deployer
      .call('put', '/v1/policies/blue-green')
      .set('if-none-match', '*')
      .send({
        reason: 'switch at once',
        scope: { subject: 'acme/slots' },
        rules: { automation: { kind: 'auto' }, strategy: { kind: 'blue-green', approval: true } },
      })
      .expect(201);
  });

  afterAll(async () => {
    await deployer.stop();
    await haproxy.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('proves green before it switches, watches, and keeps blue warm', async () => {
    await deployer.ship('slots', '1.1.0');
    const release = await proven('1.1.0');
    const { body } = await deployer.call('get', `/v1/releases/${release.id}/pipeline`).expect(200);
    expect(body.runs).toMatchObject([
      { purpose: 'preview', status: 'passed' },
      { purpose: 'staging', status: 'passed' },
    ]);
    expect(await served()).toBe('1.0.0');
    await deployer.command(release, 'approve').expect(202);
    await deployer.releaseIn('slots', '1.1.0', 'promoted');
    await eventually(async () => (await served()) === '1.1.0', PATIENCE);
    const pinned = await fetch(`${haproxy.url}/acme/slots/health`, {
      headers: { ...ANN, cookie: 'croupier_version=1.0.0' },
    });
    expect(await pinned.json()).toEqual({ status: 'ok', version: '1.0.0' });
  });

  it('returns at once when green is bad', async () => {
    deployer.errorRates.set('1.2.0', 0.5);
    await deployer.ship('slots', '1.2.0');
    const release = await proven('1.2.0');
    await deployer.command(release, 'approve').expect(202);
    await deployer.releaseIn('slots', '1.2.0', 'rolled-back');
    await eventually(async () => (await served()) === '1.1.0', PATIENCE);
  });

  it('raises nothing while HAProxy cannot be told', async () => {
    await haproxy.stop();
    await deployer.ship('slots', '1.3.0');
    const release = await proven('1.3.0');
    await deployer.command(release, 'approve').expect(202);
    const set = (await deployer.untilTold(release, 'rollout.step')).filter(
      ({ type }) => type === 'rollout.step',
    );
    expect(set.length).toBeGreaterThan(0);
    expect(await deployer.releasesOf('slots', '1.3.0')).not.toMatchObject([{ status: 'promoted' }]);
    haproxy = await startHaproxy(CONFIG, join(folder, 'socket'), Number(new URL(haproxy.url).port));
    await deployer.releaseIn('slots', '1.3.0', 'promoted');
    await eventually(async () => (await served()) === '1.3.0', PATIENCE);
  });
});
