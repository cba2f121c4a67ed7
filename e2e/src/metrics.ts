import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export const METRICS_PAGE = resolve(__dirname, '../../docs/metrics.md');

/** What prom-client tells of any process. */
const OF_ANY_PROCESS = /^(process|nodejs)_/;

/** The metrics that a scrape tells of, but for those of any process. */
export function ownMetrics(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gm)]
    .map(([, name]) => name!)
    .filter((name) => !OF_ANY_PROCESS.test(name));
}

/** In the first column of the page's tables, in the order of their names. */
export function documentedMetrics(page: string): string[] {
  const columns = [...page.matchAll(/^\| (`.+?) \|/gm)].map(([, column]) => column!);
  const names = columns.flatMap((column) =>
    [...column.matchAll(/`(\w+)(\{[\w,]+\})?`/g)].map(([, name]) => name!),
  );
  return [...new Set(names)].sort();
}

/** What `promtool check metrics` has against a scrape, but for the names of what any process tells. */
export async function promtoolFindings(text: string): Promise<string[]> {
  const promtool = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  promtool.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  promtool.stdin.end(text);
  await once(promtool, 'close');
  return said.split('\n').filter((line) => line !== '' && !OF_ANY_PROCESS.test(line));
}
