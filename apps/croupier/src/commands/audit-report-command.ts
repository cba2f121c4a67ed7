import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { TrustedKeys, verifyReport } from '@croupier/audit-chain';
import type { ServiceReportFormat } from '@croupier/contracts';
import { auditAddress, auditKeysOf } from '../platform/audit-service';
import { operatorTokenOf } from '../platform/operator-token';
import { queryOf } from '../platform/service-api';
import { print } from '../terminal/print';

export interface ReportOptions {
  readonly state: string;
  /** `provider/game`. */
  readonly game: string;
  readonly market?: string;
  readonly from: string;
  readonly to: string;
  readonly format: ServiceReportFormat;
  readonly output?: string;
}

export interface VerifyReportOptions {
  readonly state: string;
  readonly json?: boolean;
  readonly key?: readonly string[];
}

/** A report of years is read from all records of its game. */
const LONGEST_REPORT_MS = 300_000;

/** Byte by byte as the service answers it: what is signed is the text. */
export async function downloadReport(options: ReportOptions): Promise<void> {
  const { state, game: subject, market, from, to, format, output } = options;
  if (format === 'pdf' && output === undefined && process.stdout.isTTY)
    throw new Error('A PDF is nothing for a terminal: give --output with the name of a file.');
  const [provider, game] = subject.split('/');
  const query = queryOf({ provider, game, market, from, to, format });
  const answer = await fetch(`${auditAddress()}/reports/service${query}`, {
    headers: { authorization: `Bearer ${await operatorTokenOf({ state })}` },
    signal: AbortSignal.timeout(LONGEST_REPORT_MS),
  });
  if (!answer.ok || answer.body === null)
    throw new Error(`The report answered ${answer.status}: ${await answer.text()}`);
  if (output === undefined) await pipeline(answer.body, process.stdout, { end: false });
  else await pipeline(answer.body, createWriteStream(output));
}

/** Ends 0 when the report is what was signed. */
export async function verifyReportFile(file: string, options: VerifyReportOptions): Promise<void> {
  const text = await readFile(file, 'utf8');
  const { verified, report, faults } = verifyReport(text, TrustedKeys.ofPem(await auditKeysOf(options)));
  const told = report && {
    ...{ provider: report.provider, game: report.game, market: report.market },
    ...{ from: report.from, to: report.to, madeAt: report.madeAt },
    ...{ keyId: report.keyId, contentDigest: report.contentDigest ?? null },
  };
  if (options.json) print(JSON.stringify({ verified, report: told, faults }));
  else {
    const name = told === null ? file : `${told.provider}/${told.game}, ${told.from} to ${told.to}`;
    print(`${name}: ${verified ? `verified; content digest ${told?.contentDigest}` : 'NOT VERIFIED'}`);
    for (const { kind, detail } of faults) print(`  ${kind.padEnd(13)} ${detail}`);
  }
  process.exitCode = verified ? 0 : 1;
}
