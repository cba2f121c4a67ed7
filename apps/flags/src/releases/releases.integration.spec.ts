import { randomUUID } from 'node:crypto';
import type { CloudEvent, ReleaseId } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';
import { REASON, TestFlags } from '../../test/test-flags';

describe('releases and flags', () => {
  let flags: TestFlags;

  beforeAll(async () => {
    flags = await TestFlags.start();
  });
  afterAll(() => flags.stop());

  it('puts a flag back on that a step had turned off', async () => {
    const releaseId = newReleaseId();
    await flags.put('was-on', { enabled: true }).expect(200);
    await flags.bus.publish([requested(releaseId, 'was-on', false)]);
    expect(await flags.enabled('was-on')).toBe(false);
    await flags.bus.publish([rolledBack(releaseId)]);
    expect(await flags.enabled('was-on')).toBe(true);
    expect(await flags.toldOf('was-on', 3)).toMatchObject([
      { cause: 'operator' },
      { before: true, after: false, cause: 'step', releaseId },
      { before: false, after: true, cause: 'rollback', releaseId },
    ]);
  });

  it('puts back what a release touched that has failed before it had traffic, and flags that it no longer names', async () => {
    const releaseId = newReleaseId();
    await flags.bus.publish([requested(releaseId, 'failed', true), failed(releaseId), failed(releaseId)]);
    expect(await flags.enabled('failed')).toBe(false);
  });

  it('goes back to before the first of several steps', async () => {
    const releaseId = newReleaseId();
    await flags.bus.publish([
      requested(releaseId, 'stepped', true),
      requested(releaseId, 'stepped', false),
      requested(releaseId, 'stepped', true),
      rolledBack(releaseId),
    ]);
    expect(await flags.enabled('stepped')).toBe(false);
  });

  it('leaves what somebody has changed since, and tells the release so', async () => {
    const releaseId = newReleaseId();
    await flags.bus.publish([requested(releaseId, 'changed-since', true)]);
    await flags.put('changed-since', { enabled: false }, 'bob').expect(200);
    await flags.put('changed-since', { enabled: true }, 'bob').expect(200);
    await flags.bus.publish([rolledBack(releaseId)]);
    expect(await flags.enabled('changed-since')).toBe(true);
    const told = await flags.toldOf('changed-since', 4);
    expect(told.at(-1)).toMatchObject({ before: true, after: true, cause: 'rollback', releaseId });
    expect(told.at(-1)?.reason).toMatch(`left on, as bob has set it since: ${REASON}`);
  });

  it('answers a step truthfully when the flag has been killed', async () => {
    const releaseId = newReleaseId();
    await flags.put('killed', { enabled: true }).expect(200);
    await flags.as('ann', 'post', '/v1/flags/killed/kill').send({ reason: REASON }).expect(200);
    await flags.bus.publish([requested(releaseId, 'killed', true)]);
    expect((await flags.toldOf('killed', 3)).at(-1)).toMatchObject({
      before: false,
      after: false,
      cause: 'step',
      releaseId,
    });
    await flags.bus.publish([promoted(releaseId, ['killed'])]);
    expect(await flags.enabled('killed')).toBe(false);
  });

  it('touches no other environment, and no strategy', async () => {
    const releaseId = newReleaseId();
    const strategies = [{ name: 'userWithId', parameters: { userIds: 'ann' } }];
    await flags.put('elsewhere', {}).expect(200);
    await flags
      .as('ann', 'put', '/v1/flag-environments/other')
      .send({ requiredApprovals: 0, reason: REASON })
      .expect(200);
    await flags.set('elsewhere', 'development', { strategies }).expect(200);
    await flags.set('elsewhere', 'other', { enabled: true }).expect(200);
    await flags.bus.publish([promoted(releaseId, ['elsewhere']), rolledBack(releaseId)]);
    const { body } = await flags.as('ann', 'get', '/v1/flags/elsewhere').expect(200);
    expect(body.environments).toMatchObject({
      development: { enabled: false, strategies },
      other: { enabled: true },
    });
  });

  it('asks nobody in a protected environment: the release has been approved', async () => {
    await flags
      .as('ann', 'put', '/v1/flag-environments/development')
      .send({ requiredApprovals: 1, reason: REASON })
      .expect(200);
    await flags.bus.publish([promoted(newReleaseId(), ['approved'])]);
    expect(await flags.enabled('approved')).toBe(true);
  });
});

function newReleaseId(): ReleaseId {
  return randomUUID() as ReleaseId;
}

const release = (releaseId: ReleaseId) => ({ releaseId, provider: 'acme', game: 'slots', version: '1.1.0' });

function requested(releaseId: ReleaseId, flag: string, enabled: boolean): CloudEvent {
  return newEvent('flag.requested', { ...release(releaseId), flag, enabled }, { source: 'test' });
}

function promoted(releaseId: ReleaseId, flags: string[]): CloudEvent {
  const told = { ...release(releaseId), previousVersion: '1.0.0', flags };
  return newEvent('rollout.promoted', told, { source: 'test' });
}

function rolledBack(releaseId: ReleaseId): CloudEvent {
  const told = { stableVersion: '1.0.0', reason: 'too many errors', evidence: [], flags: [] };
  return newEvent('rollout.rolled_back', { ...release(releaseId), ...told }, { source: 'test' });
}

function failed(releaseId: ReleaseId): CloudEvent {
  return newEvent('release.failed', { ...release(releaseId), reason: 'tests are red' }, { source: 'test' });
}
