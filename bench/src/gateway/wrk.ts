import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installed } from '@croupier/testing';

export interface WrkLoad {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  /** Requested one after the other, in turns. */
  readonly requests: readonly WrkRequest[];
}

export interface WrkRequest {
  readonly method?: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WrkReport {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers with a status from 400 on, connections that broke or were refused, and answers that did not come. */
  readonly failed: number;
}

/** More than the longest load takes. */
const TIMEOUT_MS = 120_000;

/** Requests are made before the load begins, so that making them costs nothing while it lasts. */
const SCRIPT = `
local made = {}
local turn = 0
local file = REQUESTS
init = function()
  for line in io.lines(file) do
    local fields = {}
    for field in string.gmatch(line, "[^\\t]+") do fields[#fields + 1] = field end
    local headers = {}
    for index = 4, #fields, 2 do headers[fields[index]] = fields[index + 1] end
    local body = fields[3]
    if body == "-" then body = nil end
    made[#made + 1] = wrk.format(fields[1], fields[2], headers, body)
  end
end
request = function()
  turn = turn % #made + 1
  return made[turn]
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"max":%d,"failed":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;

export async function haveWrk(): Promise<void> {
  await installed('wrk', 'wrk');
}

/** One thread of wrk: with the server under test it fills the two cores of a small machine. */
export async function wrk({ url, seconds, connections, requests }: WrkLoad): Promise<WrkReport> {
  const directory = await mkdtemp(join(tmpdir(), 'croupier-wrk-'));
  try {
    const list = join(directory, 'requests');
    const script = join(directory, 'load.lua');
    await writeFile(list, requests.map(lineOf).join('\n'));
    await writeFile(script, SCRIPT.replace('REQUESTS', JSON.stringify(list)));
    const parameters = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url];
    const { stdout } = await promisify(execFile)('wrk', parameters, { timeout: TIMEOUT_MS });
    const last = stdout.trim().split('\n').at(-1) ?? '';
    const report = JSON.parse(last) as Record<string, number>;
    const { requests: answered = 0, micros = NaN, p50 = NaN, p99 = NaN, max = NaN, failed = NaN } = report;
    return {
      requests: answered,
      perSecond: answered / (micros / 1e6),
      p50Ms: p50 / 1000,
      p99Ms: p99 / 1000,
      maxMs: max / 1000,
      failed,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Method, path, body (or a hyphen) and headers, with tabs between them: none of them has a tab. */
function lineOf({ method = 'GET', path, headers = {}, body = '-' }: WrkRequest): string {
  return [method, path, body, ...Object.entries(headers).flat()].join('\t');
}
