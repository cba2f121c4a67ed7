import { ServiceReport, type ChainFault } from '@croupier/contracts';
import { canonicalJson, sha256 } from './canonical';
import type { TrustedKeys } from './keys';

export interface ReportFault {
  readonly kind: Extract<ChainFault['kind'], 'malformed' | 'edited' | 'bad-signature' | 'unknown-key'>;
  readonly detail: string;
}

export interface ReportVerification {
  readonly verified: boolean;
  /** Null where the text is none. */
  readonly report: ServiceReport | null;
  readonly faults: readonly ReportFault[];
}

/** What a report says, whoever signed it and when. */
export function contentDigestOf(report: object): string {
  const { madeAt: _, contentDigest: __, keyId: ___, signature: ____, ...content } = report as ServiceReport;
  return sha256(canonicalJson(content));
}

/** Whether the text of a JSON report is what was signed by a key that is believed. */
export function verifyReport(text: string, keys: TrustedKeys): ReportVerification {
  const value = parsed(text);
  const report = ServiceReport.safeParse(value).data;
  if (report === undefined)
    return refused(null, { kind: 'malformed', detail: 'the file is no report in JSON' });
  // With a name that is there twice, one reader would see what another does not.
  if (canonicalJson(value) !== text.trimEnd())
    return refused(report, { kind: 'malformed', detail: 'it is not in canonical JSON, as it was sent' });
  const fault = keys.faultOf(value as ServiceReport);
  if (fault !== null)
    return refused(report, { kind: fault, detail: `the signature, of key ${report.keyId}` });
  const { contentDigest } = report;
  if (contentDigest !== undefined && contentDigest !== contentDigestOf(value as ServiceReport))
    return refused(report, { kind: 'edited', detail: `it is not what has the digest ${contentDigest}` });
  return { verified: true, report, faults: [] };
}

function refused(report: ServiceReport | null, fault: ReportFault): ReportVerification {
  return { verified: false, report, faults: [fault] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
