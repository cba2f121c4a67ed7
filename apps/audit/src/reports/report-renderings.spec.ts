import { inflateSync } from 'node:zlib';
import type { ReleaseId, ServiceReport } from '@croupier/contracts';
import { parse } from 'csv-parse/sync';
import { reportCsv } from './report-csv';
import { reportPdf } from './report-pdf';

const REPORT: ServiceReport = {
  ...{ provider: 'acme', game: 'slots', market: null, recordsSince: null },
  ...{ from: '2026-03-01T00:00:00Z', to: '2026-04-01T00:00:00Z', madeAt: '2026-04-02T00:00:00Z' },
  ...{ contentDigest: 'c'.repeat(64), keyId: '0123456789abcdef', signature: 'c2lnbmF0dXJl' },
  intervals: [
    {
      ...{ market: 'MT', version: '1.1.0', digest: 'd'.repeat(64), role: 'canary' },
      ...{ from: '2026-03-03T11:00:00Z', to: '2026-03-03T13:00:00Z' },
      weights: [
        { weightPercent: 5, from: '2026-03-03T11:00:00Z', to: '2026-03-03T12:00:00Z' },
        { weightPercent: 25, from: '2026-03-03T12:00:00Z', to: '2026-03-03T13:00:00Z' },
      ],
      certificates: [
        {
          ...{ certificate: 'C-7', laboratory: 'GLI, "Malta"', actor: 'Женя' },
          ...{ validFrom: '2026-03-01T00:00:00Z', validTo: null },
        },
      ],
      releaseId: '7b0c6f6e-33a8-4f0e-9a58-5f0a3c1d2e4f' as ReleaseId,
      approvers: ['=HYPERLINK("http://evil.example")'],
      overrides: [{ actor: 'root', reason: 'players cannot withdraw', at: '2026-03-03T10:59:00Z' }],
      endedBecause: '+1 % errors, too slow',
    },
  ],
};

describe('a report as CSV', () => {
  const rows: Record<string, string>[] = parse(reportCsv(REPORT), {
    columns: true,
    record_delimiter: '\r\n',
  });

  it('says how the JSON report is signed, then tells each weight of each version', () => {
    expect(rows[0]).toMatchObject({
      ...{ kind: 'report', market: '', made_at: REPORT.madeAt, content_digest: REPORT.contentDigest },
      ...{ key_id: REPORT.keyId, signature: REPORT.signature },
    });
    expect(rows.slice(1)).toMatchObject([
      { kind: 'service', market: 'MT', version: '1.1.0', role: 'canary', weight_percent: '5' },
      {
        weight_percent: '25',
        weight_from: '2026-03-03T12:00:00Z',
        release_id: REPORT.intervals[0]?.releaseId,
      },
    ]);
    expect(rows[1]?.['overrides']).toBe('root at 2026-03-03T10:59:00Z: players cannot withdraw');
    expect(rows[1]?.['certificates']).toContain('C-7 of GLI, "Malta", valid from');
  });

  it('has nothing that a spreadsheet takes for a formula', () => {
    expect(rows[1]).toMatchObject({
      approvers: `'=HYPERLINK("http://evil.example")`,
      ended_because: "'+1 % errors, too slow",
    });
  });
});

describe('a report as PDF', () => {
  it('tells the same, with the digest and the signature of the JSON report', async () => {
    const text = textOf(await reportPdf(REPORT));
    for (const told of [
      'acme/slots',
      '1.1.0, canary',
      `sha256:${'d'.repeat(64)}`,
      '25 % from',
      'C-7 of GLI',
      'root at',
    ])
      expect(text).toContain(told);
    for (const told of [REPORT.contentDigest!, REPORT.keyId, REPORT.signature]) expect(text).toContain(told);
    expect(text).toContain(String.raw`\u{416}\u{435}\u{43d}\u{44f}`);
  });

  it('is the same, byte by byte, for the same report', async () => {
    const [one, other] = await Promise.all([reportPdf(REPORT), reportPdf(structuredClone(REPORT))]);
    expect(one.equals(other)).toBe(true);
  });

  it('goes on for as many pages as it takes, each with its number', async () => {
    const long = { ...REPORT, intervals: Array.from({ length: 40 }, () => REPORT.intervals[0]!) };
    const text = textOf(await reportPdf(long));
    const [, count] = /page 1 of (\d+)/.exec(text) ?? [];
    expect(Number(count)).toBeGreaterThan(3);
    expect(text).toContain(`page ${count} of ${count}`);
    expect(text.match(/page \d+ of/g)).toHaveLength(Number(count));
  });
});

/** What is written on its pages, line by line: the strings of their streams, in hexadecimal, without the kerning. */
function textOf(pdf: Buffer): string {
  const streams = pdf.toString('latin1').matchAll(/stream\n([\s\S]*?)\nendstream/g);
  const contents = [...streams].map(([, bytes]) =>
    inflateSync(Buffer.from(bytes!, 'latin1')).toString('latin1'),
  );
  const lines = contents.flatMap((content) => [...content.matchAll(/\[(<[^\]]*)\] TJ/g)]);
  return lines
    .map(([, line]) =>
      [...line!.matchAll(/<([0-9a-f]*)>/g)]
        .map(([, hex]) => Buffer.from(hex!, 'hex').toString('latin1'))
        .join(''),
    )
    .join(' ');
}
