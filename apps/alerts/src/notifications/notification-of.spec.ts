import { AlertMessage, EVENTS, type EventType } from '@croupier/contracts';
import { notificationOf, type NotifiedEvent } from './notification-of';

const VERSION = { provider: 'acme', game: 'slots', version: '1.2.0' };
const RELEASE = { ...VERSION, releaseId: '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f' };
const ANNOUNCED = { provider: 'acme', webhookId: 'w', announcedAt: '2026-01-01T00:00:00Z', reason: 'why' };
const MIGRATION = { ...RELEASE, scripts: [], detail: 'a lock was not to be had' };
const DIGEST = 'a'.repeat(64);

function clearance(revoked: boolean): object {
  return {
    ...VERSION,
    digest: DIGEST,
    clearance: { revision: 1, markets: [], revoked },
    reason: 'why',
    actor: 'ann',
  };
}

const TOLD: readonly [type: EventType, data: object, expected: string | null][] = [
  ['approval.requested', { ...RELEASE, digest: DIGEST, required: 2 }, 'trigger warning'],
  [
    'approval.overridden',
    { ...RELEASE, digest: DIGEST, actor: 'ann', reason: 'players lose money', given: 0, required: 2 },
    'trigger critical',
  ],
  ['release.approved', { ...RELEASE, digest: DIGEST, actor: 'ann', given: 1, required: 2 }, 'note info'],
  ['release.approved', { ...RELEASE, digest: DIGEST, actor: 'bob', given: 2, required: 2 }, 'resolve info'],
  ['release.failed', { ...RELEASE, reason: 'tests are red' }, 'trigger error'],
  ['migration.failed', MIGRATION, 'trigger error'],
  ['rollout.started', { ...RELEASE, stableVersion: null }, 'note info'],
  ['rollout.paused', { ...RELEASE, reason: 'support asks' }, 'note warning'],
  ['rollout.held', { ...RELEASE, weightPercent: 5, reason: 'undecided' }, 'trigger warning'],
  ['rollout.incident', { ...RELEASE, weightPercent: 5, reason: 'both fail' }, 'trigger error'],
  [
    'rollout.rolled_back',
    { ...RELEASE, stableVersion: '1.1.0', reason: 'x', evidence: [], flags: [] },
    'trigger critical',
  ],
  ...(
    [
      ['breach', 'trigger critical'],
      ['workload-failed', 'trigger critical'],
      ['operator', 'trigger warning'],
      ['revoked', 'trigger warning'],
      ['superseded', 'note info'],
    ] as const
  ).map(([cause, expected]): (typeof TOLD)[number] => [
    'rollout.rolled_back',
    { ...RELEASE, stableVersion: '1.1.0', cause, reason: 'x', evidence: [], flags: [] },
    expected,
  ]),
  ['rollback.completed', RELEASE, 'resolve info'],
  ['rollout.promoted', { ...RELEASE, previousVersion: '1.1.0', flags: [] }, 'resolve info'],
  ['cache.invalidated', { ...RELEASE, target: 'cdn', prefix: '/', keysRemoved: 1, durationMs: 1 }, null],
  [
    'cache.invalidated',
    { ...RELEASE, target: 'cdn', prefix: '/', keysRemoved: 0, durationMs: 1, failure: 'no' },
    'note error',
  ],
  ['artifact.rejected', { ...VERSION, reason: 'republished', detail: 'other bytes' }, 'trigger critical'],
  ['artifact.rejected', { ...VERSION, reason: 'digest-conflict', detail: 'other bytes' }, 'note error'],
  ['artifact.rejected', { ...VERSION, reason: 'unreachable', detail: 'no answer' }, 'note warning'],
  ['release.revoked', { ...ANNOUNCED, game: 'slots', version: '1.2.0' }, 'trigger critical'],
  ['clearance.changed', clearance(true), 'trigger critical'],
  ['clearance.changed', clearance(false), null],
  ['game.disabled', { ...ANNOUNCED, game: 'slots', version: null, markets: ['MT'] }, 'note warning'],
  [
    'certificate.expiring',
    { ...VERSION, market: 'MT', certificate: null, laboratory: null, validTo: '2026-12-24T00:00:00Z' },
    'note warning',
  ],
  [
    'message.dead',
    { service: 'registry', messageId: '1', messageType: 'x'.repeat(400), error: 'no', attempts: 5 },
    'trigger error',
  ],
];

function told(type: EventType, data: object) {
  const event = {
    ...{ specversion: '1.0', id: 'event-1', source: 'croupier/test', time: '2026-01-01T00:00:00Z' },
    ...{ datacontenttype: 'application/json', type, data: EVENTS[type].parse(data) },
  };
  return notificationOf(event as unknown as NotifiedEvent);
}

describe('what people are told of an event', () => {
  it.each(TOLD)('%s %j: %s', (type, data, expected) => {
    const notification = told(type, data);
    expect(notification && `${notification.action} ${notification.severity}`).toBe(expected);
    if (notification === null) return;
    // What channels are sent keeps its contract.
    expect(AlertMessage.parse({ ...notification, link: null }).incident.length).toBeLessThanOrEqual(255);
    expect(notification.title).not.toBe('');
  });

  it('has nothing in it that could not be stored, however long it is and whatever is in it', () => {
    const reason = `\0\ud800${'😀'.repeat(10_000)}`;
    const { text } = told('release.failed', { ...RELEASE, reason })!;
    expect(text.length).toBeLessThanOrEqual(8_000);
    expect(text).not.toMatch(/[\0\p{Cs}]/u);
    expect(text.startsWith('\ufffd\ufffd😀')).toBe(true);
  });

  it('joins everything about one release, and a revocation with what follows from it', () => {
    const ofRelease = TOLD.filter(([, data, expected]) => 'releaseId' in data && expected !== null);
    const incidents = new Set(ofRelease.map(([type, data]) => told(type, data)?.incident));
    expect([...incidents]).toEqual([`release:${RELEASE.releaseId}`]);
    expect(told('clearance.changed', clearance(true))?.incident).toBe(
      told('release.revoked', { ...ANNOUNCED, game: 'slots', version: '1.2.0' })?.incident,
    );
  });
});
