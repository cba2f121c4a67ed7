import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '..', '..');

export interface FinishedProgram {
  readonly code: number | null;
  readonly lastLine: string;
  readonly errors: string;
}

/** Starts a built program of this repository, as a user would. */
export function start(
  program: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): ChildProcess {
  return spawn(process.execPath, [join(ROOT, program), ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The first JSON object the program prints on a line of its own. */
export async function firstJson<Value>(child: ChildProcess): Promise<Value> {
  const errors: string[] = [];
  child.stderr!.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line.startsWith('{')) return JSON.parse(line) as Value;
  }
  throw new Error(`The program ended without a line of JSON: ${errors.join('')}`);
}

export async function finished(child: ChildProcess): Promise<FinishedProgram> {
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
  child.stderr!.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lastLine: lines.at(-1) ?? '', errors: errors.join('') };
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
