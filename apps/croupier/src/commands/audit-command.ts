import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { ExportVerification, TrustedKeys } from '@croupier/audit-chain';
import { AuditRecord, AuditVerification, type ChainReport } from '@croupier/contracts';
import { z } from 'zod';
import { ApiClient } from '../platform/api-client';
import { auditAddress, auditKeysOf } from '../platform/audit-service';
import { operatorTokenOf } from '../platform/operator-token';
import { print } from '../terminal/print';
import { verifyReportFile } from './audit-report-command';

interface CommonOptions {
  readonly state: string;
  readonly json?: boolean;
}

export interface AuditListOptions extends CommonOptions {
  readonly tenant?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: string;
}

export interface AuditExportOptions extends CommonOptions {
  readonly tenant: string;
  readonly from?: string;
  readonly to?: string;
}

export interface AuditVerifyOptions extends CommonOptions {
  readonly live?: boolean;
  /** The file of a JSON report. */
  readonly report?: string;
  readonly key?: readonly string[];
}

const AuditPage = z.object({ items: z.array(AuditRecord), next: z.string().nullable() });

/** A chain of years is read record by record. */
const LONGEST_VERIFICATION_MS = 3_600_000;

export async function listAudit({ state, json, ...search }: AuditListOptions): Promise<void> {
  const api = new ApiClient(await operatorTokenOf({ state }));
  const page = AuditPage.parse(await api.get(`${auditAddress()}/audit?${queryOf(search)}`));
  if (json) return print(JSON.stringify(page));
  for (const { at, tenant, sequence, actor, action, object, reason } of page.items)
    print(
      `${at}  ${`${tenant}#${sequence}`.padEnd(20)} ${actor.padEnd(20)} ${action.padEnd(26)} ${object.type} ${object.id}${reason === null ? '' : `: ${reason}`}`,
    );
}

export async function exportAudit({ state, tenant, from, to }: AuditExportOptions): Promise<void> {
  const answer = await fetch(`${auditAddress()}/export?${queryOf({ tenant, from, to })}`, {
    headers: { authorization: `Bearer ${await operatorTokenOf({ state })}` },
    signal: AbortSignal.timeout(LONGEST_VERIFICATION_MS),
  });
  if (!answer.ok || answer.body === null)
    throw new Error(`The export answered ${answer.status}: ${await answer.text()}`);
  await pipeline(answer.body, process.stdout, { end: false });
}

/** Ends 0 when everything fits. */
export async function verifyAudit(file: string | undefined, options: AuditVerifyOptions): Promise<void> {
  if ([file, options.live, options.report].filter((each) => each !== undefined).length !== 1)
    throw new Error('Name the file of an export, or give --report with the file of a report, or --live.');
  if (options.report !== undefined) return verifyReportFile(options.report, options);
  const found = file === undefined ? await verifyLive(options) : await verifyFile(file, options);
  if (options.json) print(JSON.stringify(found));
  else for (const report of found.tenants) printReport(report);
  process.exitCode = found.verified ? 0 : 1;
}

async function verifyLive(options: CommonOptions): Promise<AuditVerification> {
  const api = new ApiClient(await operatorTokenOf(options), undefined, LONGEST_VERIFICATION_MS);
  return AuditVerification.parse(await api.get(`${auditAddress()}/verification`));
}

async function verifyFile(file: string, options: AuditVerifyOptions): Promise<AuditVerification> {
  const verification = new ExportVerification(TrustedKeys.ofPem(await auditKeysOf(options)));
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const line of lines) verification.take(line);
  const report = verification.report();
  return { verified: report.verified, tenants: [report] };
}

function printReport({ tenant, verified, records, signatures, first, last, faults }: ChainReport): void {
  const range = first && last ? `, ${first.sequence} to ${last.sequence}` : '';
  print(
    `${tenant ?? 'nobody'}: ${verified ? 'verified' : 'NOT VERIFIED'}; ${records} records${range}, ${signatures} signatures`,
  );
  for (const { kind, sequence, line, detail } of faults) {
    const where = [sequence === null ? '' : `record ${sequence}`, line === null ? '' : `line ${line}`];
    print(`  ${kind.padEnd(13)} ${where.filter(Boolean).join(', ')}: ${detail}`);
  }
}

function queryOf(search: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(search).filter((each): each is [string, string] => each[1] !== undefined);
  return new URLSearchParams(given).toString();
}
