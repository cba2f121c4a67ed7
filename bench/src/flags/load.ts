import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Sent one after the other, and again from the first. */
  readonly requests: readonly string[];
}

export interface LoadReport {
  readonly perSecond: number;
  readonly statuses: Readonly<Record<number, number>>;
}

const TIMEOUT_MS = 120_000;

/** Runs the load generator in a process of its own, as fast as answers come. Every answer has to have the status. */
export async function load(options: LoadOptions, expectedStatus: number): Promise<number> {
  const run = promisify(execFile)(process.execPath, [join(__dirname, 'load-generator.js')], {
    timeout: TIMEOUT_MS,
  });
  run.child.stdin!.end(JSON.stringify(options));
  const { perSecond, statuses } = JSON.parse((await run).stdout) as LoadReport;
  if (Object.keys(statuses).join() !== String(expectedStatus))
    throw new Error(`Not all were ${expectedStatus}: ${JSON.stringify(statuses)}`);
  return perSecond;
}

/** One GET of HTTP/1.1, as bytes on the wire. */
export function getRequest(path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
