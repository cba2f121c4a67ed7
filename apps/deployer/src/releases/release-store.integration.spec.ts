import type { ReleaseId } from '@croupier/contracts';
import { isTraffic, type PendingEffect } from '@croupier/orchestrator';
import { ReleaseDesk, throughStaging } from '../../test/release-desk';

const FIRST = '00000000-0000-4000-8000-000000000001' as ReleaseId;
const NEXT = '00000000-0000-4000-8000-000000000002' as ReleaseId;

const trafficOf = (effects: readonly PendingEffect[]) => effects.filter(({ effect }) => isTraffic(effect));

describe('the release store', () => {
  let desk: ReleaseDesk;

  beforeEach(async () => {
    desk = await ReleaseDesk.open();
    await desk.run('slots', '1.0.0');
    await desk.queue({ releaseId: FIRST, version: '1.0.0' });
    const { effects } = await desk.tell(FIRST, ...throughStaging(null));
    await desk.store.route(trafficOf(effects), []);
    await desk.run('slots', '1.1.0');
    await desk.queue({ releaseId: NEXT, version: '1.1.0' });
  });
  afterEach(() => desk.close());

  const canary = async () => (await desk.routing.updateSince(-1)).subjects[0]?.canary?.version ?? null;

  it('deals no weight that a later decision has overtaken, also when the caller has not heard of it', async () => {
    const known = trafficOf((await desk.tell(NEXT, ...throughStaging('1.0.0'))).effects);
    const abort = { kind: 'command', command: 'abort', actor: 'ann', reason: 'odd reels' } as const;
    const unknown = trafficOf((await desk.tell(NEXT, abort)).effects);
    const before = await desk.routing.version();

    const [overtaken] = await desk.store.route(known, []);
    expect(overtaken).toMatchObject({ firstRoutingVersion: null, stepRoutingVersion: null });
    expect(await canary()).toBeNull();
    expect(await desk.routing.version()).toBe(before);

    const [rolledBack] = await desk.store.route(unknown, []);
    expect(rolledBack?.stepRoutingVersion).toBe(before + 1);
  });

  it('takes weight zero of a version that never had players for no beginning of its traffic', async () => {
    await desk.tell(NEXT, ...throughStaging('1.0.0'));
    const abort = { kind: 'command', command: 'abort', actor: 'ann', reason: 'odd reels' } as const;
    const { effects } = await desk.tell(NEXT, abort);
    const [release] = await desk.store.route(trafficOf(effects), []);
    expect(release).toMatchObject({ firstRoutingVersion: null, stepRoutingVersion: expect.any(Number) });
  });

  it('remembers when a version first had players', async () => {
    const { effects } = await desk.tell(NEXT, ...throughStaging('1.0.0'));
    const [release] = await desk.store.route(trafficOf(effects), []);
    expect(release?.firstRoutingVersion).toBe(release?.stepRoutingVersion);
    expect(await canary()).toBe('1.1.0');
  });
});
