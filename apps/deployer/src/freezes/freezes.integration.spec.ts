import { Outbox } from '@croupier/messaging';
import { AuditTrail } from '@croupier/service-kit';
import { FreezeDocument, type DocumentChange, type FreezeView } from '@croupier/contracts';
import { deployerMigrations } from '@croupier/migrations';
import { openDataSource } from '@croupier/persistence';
import type { ReleasePlan } from '@croupier/rollout';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { OperatorService } from '../../test/operator-service';
import { FREEZE_CONTROLLERS, FREEZE_PROVIDERS } from './freeze-parts';
import { FreezeService } from './freeze-service';

const WEEKEND = {
  kind: 'recurring',
  cron: '0 18 * * FRI',
  timeZone: 'Europe/Malta',
  durationMs: 60 * 3_600_000,
};
const CUP = { kind: 'once', from: '2030-06-10T12:00:00Z', to: '2030-06-20T12:00:00Z' };

describe('freezes over HTTP', () => {
  let database: FreshDatabase;
  let service: OperatorService;

  beforeAll(async () => {
    database = await freshDatabase();
    service = await OperatorService.start(database.url, {
      controllers: FREEZE_CONTROLLERS,
      providers: FREEZE_PROVIDERS,
    });
  });
  afterAll(async () => {
    await service.stop();
    await database.drop();
  });

  const put = (name: string, document: object, headers: Record<string, string> = { 'if-none-match': '*' }) =>
    service
      .call('put', `/v1/freezes/${name}`)
      .set(headers)
      .send({ reason: 'for the test', ...document });

  it('are created, changed and deleted, and every change is kept with before and after', async () => {
    const created = await put(
      'kept',
      { window: CUP },
      { 'if-none-match': '*', 'x-croupier-actor': 'anna' },
    ).expect(201);
    expect(created.headers['etag']).toBe('"1"');
    expect(created.body).toEqual({
      name: 'kept',
      version: 1,
      scope: { provider: null, subject: null, market: null },
      window: CUP,
      frozen: false,
      interval: { from: '2030-06-10T12:00:00.000Z', until: '2030-06-20T12:00:00.000Z' },
      changed: { author: 'anna', reason: 'for the test', at: expect.any(String) },
    });
    await put('kept', { window: WEEKEND, scope: { market: 'MT' } }, { 'if-match': '"1"' }).expect(200);
    expect((await service.call('get', '/v1/freezes/kept').expect(200)).headers['etag']).toBe('"2"');
    await service.call('delete', '/v1/freezes/kept?reason=it+is+over').set('if-match', '"2"').expect(204);
    await service.call('get', '/v1/freezes/kept').expect(404);

    expect(await service.pages<DocumentChange>('/v1/freezes/kept/changes?limit=1')).toMatchObject([
      { version: 3, before: { window: WEEKEND }, after: null, author: 'operator', reason: 'it is over' },
      { version: 2, before: { window: CUP }, after: { window: WEEKEND, scope: { market: 'MT' } } },
      { version: 1, before: null, after: { window: CUP }, author: 'anna' },
    ]);
    const { body } = await service.call('get', '/v1/freezes/kept/changes/verification').expect(200);
    expect(body).toEqual({ verified: true, brokenAt: null });
    await expect(service.dataSource.query('DELETE FROM freeze_versions')).rejects.toThrow('append-only');
  });

  it.each([
    ['no precondition', {}, 428],
    ['a version that is over', { 'if-match': '"7"' }, 412],
  ])('are not changed with %s', async (_, headers, status) => {
    await put('guarded', { window: CUP });
    await put('guarded', { window: CUP }, headers as Record<string, string>).expect(status);
    await service.call('delete', '/v1/freezes/guarded?reason=bold').set(headers).expect(status);
  });

  it.each([
    ['a pattern that is none', { window: { ...WEEKEND, cron: '0 18 * *' } }, 'window.cron'],
    ['a time that never comes', { window: { ...WEEKEND, cron: '0 0 31 4 *' } }, 'window.cron'],
    ['a zone that does not exist', { window: { ...WEEKEND, timeZone: 'Mars/Olympus' } }, 'window.timeZone'],
    ['an end before its begin', { window: { ...CUP, to: '2030-06-01T00:00:00Z' } }, 'window.to'],
    ['a duration of a second', { window: { ...WEEKEND, durationMs: 1_000 } }, 'window.durationMs'],
    ['provider and subject', { window: CUP, scope: { provider: 'a', subject: 'a/b' } }, 'scope.provider'],
    ['no reason', { window: CUP, reason: '' }, 'reason'],
  ])('are refused with %s', async (_, document, field) => {
    const { body } = await put('faulty', document).expect(422);
    expect(body.errors[0].field).toBe(field);
    expect(body.remedy).toEqual(expect.any(String));
  });

  it('are shown as they hold at a moment', async () => {
    await put('cup', { window: CUP, scope: { subject: 'acme/slots' } }).expect(201);
    await put('weekend', { window: WEEKEND }).expect(201);
    const at = async (moment: string): Promise<string[]> => {
      const freezes = await service.pages<FreezeView>(`/v1/freezes?limit=1&at=${encodeURIComponent(moment)}`);
      expect(freezes.every(({ frozen }) => frozen)).toBe(true);
      return freezes.map(({ name }) => name);
    };
    expect(await at('2030-06-01T00:00:00Z')).toEqual(['weekend']);
    expect(await at('2030-06-12T00:00:00+02:00')).toEqual(['cup', 'guarded']);
    expect(await at('2030-06-15T00:00:00Z')).toEqual(['cup', 'guarded', 'weekend']);
    expect(await at('2030-06-25T00:00:00Z')).toEqual([]);
    const all = await service.pages<FreezeView>('/v1/freezes');
    expect(all.map(({ name }) => name)).toEqual(['cup', 'guarded', 'weekend']);
    await service.call('get', '/v1/freezes?at=tomorrow').expect(422);
  });
});

describe('the calendar that releases are held by', () => {
  it('knows a change of its own at once, and another replica’s a moment later', async () => {
    const database = await freshDatabase();
    const dataSource = await openDataSource({
      url: database.url,
      schema: 'deployer',
      migrations: deployerMigrations,
    });
    const audit = new AuditTrail(new Outbox(), 'deployer');
    const [own, other] = [
      await FreezeService.open(dataSource, audit),
      await FreezeService.open(dataSource, audit),
    ];
    const plan = { provider: 'acme', game: 'slots', strategy: 'canary' } as ReleasePlan;
    const within = Date.parse('2030-06-12T00:00:00Z');
    const order = { name: 'cup', author: 'anna', reason: 'for the test' };
    try {
      expect(own.freezeOf(plan, within)).toBeNull();
      const content = FreezeDocument.parse({ window: CUP, scope: { provider: 'acme' } });
      await own.put({ ...order, content, expected: { kind: 'absent' } });
      const frozen = { name: 'cup', until: Date.parse(CUP.to) };
      expect(own.freezeOf(plan, within)).toEqual(frozen);
      await eventually(() => other.freezeOf(plan, within));
      expect(other.freezeOf(plan, within)).toEqual(frozen);
      expect(other.freezeOf({ ...plan, provider: 'zenith' }, within)).toBeNull();

      await other.remove({ ...order, expected: { kind: 'present' } });
      expect(other.freezeOf(plan, within)).toBeNull();
      await eventually(() => own.freezeOf(plan, within) === null);
    } finally {
      await Promise.all([own.onApplicationShutdown(), other.onApplicationShutdown()]);
      await dataSource.destroy();
      await database.drop();
    }
  });
});
