import type { ServiceReport } from '@croupier/contracts';
import { certificateText } from './certificate-text';
import { overrideText } from './override-text';

const COLUMNS = [
  ...['kind', 'provider', 'game', 'market', 'from', 'to', 'version', 'digest', 'role'],
  ...[
    'weight_percent',
    'weight_from',
    'weight_to',
    'certificates',
    'approvers',
    'overrides',
    'release_id',
    'ended_because',
  ],
  ...['made_at', 'records_since', 'content_digest', 'key_id', 'signature'],
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | number | null>>;

/** A spreadsheet would take it for a formula (https://owasp.org/www-community/attacks/CSV_Injection). */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * RFC 4180, with a header. The first row, of the kind `report`, is what was asked and how the JSON report is signed;
 * each that follows, of the kind `service`, is a version's share in a market for a time.
 */
export function reportCsv(report: ServiceReport): string {
  const { provider, game, market, from, to, madeAt, recordsSince = null, keyId, signature } = report;
  const head: Row = {
    ...{ kind: 'report', provider, game, market, from, to, made_at: madeAt, records_since: recordsSince },
    ...{ content_digest: report.contentDigest ?? null, key_id: keyId, signature },
  };
  return [COLUMNS.join(','), ...[head, ...serviceRows(report)].map(lineOf)].join('\r\n') + '\r\n';
}

function serviceRows({ provider, game, intervals }: ServiceReport): Row[] {
  return intervals.flatMap(
    ({ market, from, to, version, digest, role, weights, certificates, ...interval }) =>
      weights.map((weight) => ({
        ...{ kind: 'service', provider, game, market, from, to, version, digest, role },
        ...{ weight_percent: weight.weightPercent, weight_from: weight.from, weight_to: weight.to },
        ...{
          certificates: certificates.map(certificateText).join('; '),
          approvers: interval.approvers.join('; '),
        },
        ...{ overrides: interval.overrides.map(overrideText).join('; ') },
        ...{ release_id: interval.releaseId, ended_because: interval.endedBecause },
      })),
  );
}

function lineOf(row: Row): string {
  return COLUMNS.map((column) => cell(row[column] ?? '')).join(',');
}

function cell(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
