import { describeDifferences } from '@croupier/persistence';
import type { ProofReport } from './report';

/** One line for the timeline; the whole report is at GET /v1/migrations/{releaseId}. */
export function describeReport(report: ProofReport, pending: number, brought: number): string {
  const { ground, findings, drift, undone } = report;
  const where =
    ground.kind === 'shadow' ? 'on a copy of the schema' : `in a transaction taken back (${ground.why})`;
  const parts = [`the dry run of ${pending} pending of ${brought} migrations succeeded ${where}`];
  if (undone) parts.push('undone and applied again with equal catalogs');
  const warnings = findings.length;
  if (warnings > 0) parts.push(`${warnings} lint ${warnings === 1 ? 'finding' : 'findings'}`);
  if (drift.length > 0)
    parts.push(`production has drifted from its history: ${describeDifferences(drift, 3)}`);
  return parts.join('; ');
}
