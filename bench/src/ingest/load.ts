import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SignedRequestsOptions } from './signed-requests';

export interface LoadOptions extends SignedRequestsOptions {
  readonly port: number;
  readonly connections: number;
  /** Of load that is sent alike and not measured: a generator that begins takes processor time from whoever it loads. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** As fast as answers come when there is none. */
  readonly ratePerSecond?: number;
}

export interface LoadReport {
  /** Answered with 202. */
  readonly accepted: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly statuses: Readonly<Record<number, number>>;
  /** From the first request to the last answer, warm-up included. */
  readonly seconds: number;
  /** Answers, like all that follows of what came after the warm-up. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of the load generator, for all of its requests. */
  readonly cpuMicrosPerRequest: number;
}

const TIMEOUT_MS = 120_000;

/** Runs the load generator in a process of its own. */
export async function sendLoad(options: LoadOptions): Promise<LoadReport> {
  const program = join(__dirname, 'load-generator.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(options)], {
    timeout: TIMEOUT_MS,
  });
  const report = JSON.parse(stdout) as LoadReport;
  if (report.accepted !== report.answered || report.unanswered > 0)
    throw new Error(`Not every webhook was accepted: ${JSON.stringify(report)}`);
  return report;
}
