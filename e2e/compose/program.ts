import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface Call {
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** Runs a program to its end; what it prints to its standard error is shown. @throws when it fails or takes too long */
export async function run(
  [program, ...parameters]: readonly [string, ...string[]],
  { timeoutMs, env, directory }: Call,
): Promise<string> {
  const child = spawn(program, parameters, {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: timeoutMs,
  });
  const printed = text(child.stdout);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return printed;
  const how =
    signal === null
      ? `ended with ${code}`
      : `was ended by ${signal}, at the latest after ${timeoutMs / 1000} s`;
  throw new Error(`${[program, ...parameters].join(' ')} ${how}: ${(await printed).slice(-2_000)}`);
}
