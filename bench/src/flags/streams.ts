import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface StreamsOptions {
  readonly port: number;
  readonly token: string;
  readonly streams: number;
  /** What those who connect have seen before, so that they are told no more than what changes from then on. */
  readonly lastEventId: string;
  /** Names of flags that change, one after the other. */
  readonly changes: readonly string[];
  readonly operatorToken: string;
}

export interface StreamsReport {
  /** Of all streams and changes, from before the change is asked for to the last byte that tells of it. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Share of those that were told, of all streams and changes. */
  readonly told: number;
}

const TIMEOUT_MS = 120_000;

/** Runs in a process of its own, which also asks for the changes: so one clock measures. */
export async function streamChanges(options: StreamsOptions): Promise<StreamsReport> {
  const run = promisify(execFile)(process.execPath, [join(__dirname, 'streams-program.js')], {
    timeout: TIMEOUT_MS,
  });
  run.child.stdin!.end(JSON.stringify(options));
  return JSON.parse((await run).stdout) as StreamsReport;
}
