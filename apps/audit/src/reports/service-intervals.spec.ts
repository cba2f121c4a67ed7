import type { AuditRecord, DealtVersion } from '@croupier/contracts';
import { serviceIntervals } from './service-intervals';

const RELEASE = '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f';
const QUERY = {
  ...{ provider: 'acme', game: 'slots' },
  ...{ from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' },
};

function record(action: string, at: string, after: object, more: Partial<AuditRecord> = {}): AuditRecord {
  return { action, at: time(at), after, actor: 'system', reason: null, ...more } as unknown as AuditRecord;
}

function time(at: string): string {
  return `2026-03-${at}:00.000Z`;
}

function traffic(routingVersion: number, at: string, ...dealt: DealtVersion[]): AuditRecord {
  return record('traffic.changed', at, { routingVersion, dealt });
}

const share = (
  version: string,
  role: DealtVersion['role'],
  markets: DealtVersion['markets'],
): DealtVersion => ({
  ...{ version, role, markets },
  digest: version.replace(/\W/g, '').padEnd(64, '0'),
});

describe('what was dealt', () => {
  const records = [
    record(
      'certificate.recorded',
      '01T08:00',
      {
        ...{ version: '1.1.0', market: 'MT', certificate: 'C-7', laboratory: 'GLI' },
        ...{ validFrom: time('01T00:00'), validTo: null },
      },
      { actor: 'lab@example.com' },
    ),
    traffic(1, '02T10:00', share('1.0.0', 'stable', { MT: 100 })),
    record('release.approved', '03T09:00', { releaseId: RELEASE, version: '1.1.0' }, { actor: 'ann' }),
    record(
      'approval.overridden',
      '03T09:30',
      { releaseId: RELEASE, version: '1.1.0' },
      { actor: 'bob', reason: 'it pays twice' },
    ),
    record('rollout.started', '03T10:00', { releaseId: RELEASE, version: '1.1.0' }),
    // Told late.
    traffic(3, '03T12:00', share('1.0.0', 'stable', { MT: 75 }), share('1.1.0', 'canary', { MT: 25 })),
    traffic(2, '03T11:00', share('1.0.0', 'stable', { MT: 95 }), share('1.1.0', 'canary', { MT: 5 })),
  ];

  it('tells each weight of a canary, its certificate, its release and who approved it', () => {
    const rolledBack = record(
      'rollout.rolled_back',
      '03T13:00',
      { version: '1.1.0' },
      { reason: 'too slow' },
    );
    const ended = [...records, rolledBack, traffic(4, '03T13:00', share('1.0.0', 'stable', { MT: 100 }))];
    const [stable, canary] = serviceIntervals(ended, QUERY);
    expect(stable).toMatchObject({ version: '1.0.0', to: null, endedBecause: null });
    expect(stable?.weights.map(({ weightPercent }) => weightPercent)).toEqual([100, 95, 75, 100]);
    expect(canary).toMatchObject({
      ...{ version: '1.1.0', role: 'canary', from: time('03T11:00'), to: time('03T13:00') },
      weights: [
        { weightPercent: 5, from: time('03T11:00'), to: time('03T12:00') },
        { weightPercent: 25, from: time('03T12:00'), to: time('03T13:00') },
      ],
      certificates: [{ certificate: 'C-7', laboratory: 'GLI', actor: 'lab@example.com' }],
      ...{ releaseId: RELEASE, approvers: ['ann'], endedBecause: 'too slow' },
      overrides: [{ actor: 'bob', reason: 'it pays twice', at: time('03T09:30') }],
    });
  });

  it('says by what a version was replaced', () => {
    const promoted = record('rollout.promoted', '04T10:00', { version: '1.1.0', releaseId: RELEASE });
    const after = [...records, promoted, traffic(4, '04T10:00', share('1.1.0', 'stable', { MT: 100 }))];
    const told = serviceIntervals(after, QUERY);
    expect(told.map(({ version, role, endedBecause }) => [version, role, endedBecause])).toEqual([
      ['1.0.0', 'stable', 'replaced by 1.1.0'],
      ['1.1.0', 'canary', 'promoted'],
      ['1.1.0', 'stable', null],
    ]);
  });

  it('leaves out other markets, and what ended before or began after', () => {
    expect(serviceIntervals(records, { ...QUERY, market: 'SE' })).toEqual([]);
    expect(serviceIntervals(records, { ...QUERY, to: time('02T09:00') })).toEqual([]);
  });
});
