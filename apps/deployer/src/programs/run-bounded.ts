import { spawn } from 'node:child_process';

export interface ProgramCall {
  readonly timeoutMs: number;
  readonly cwd?: string;
  /** All that the program sees of the environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** A program that ended with another code than 0, or not in time. */
export class ProgramFailed extends Error {
  constructor(
    message: string,
    /** What it wrote, bounded. */
    readonly output: string,
    readonly exitCode: number | null,
  ) {
    super(message);
    this.name = 'ProgramFailed';
  }
}

const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const EXCERPT_LENGTH = 500;

/** Runs a program to its end, without a shell, and answers its standard output. @throws ProgramFailed */
export function runBounded(
  program: string,
  parameters: readonly string[],
  call: ProgramCall,
): Promise<string> {
  const { timeoutMs, cwd, env } = call;
  const name = `${program} ${parameters[0] ?? ''}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const written = { stdout: new Bounded(), stderr: new Bounded() };
    child.stdout.on('data', (chunk: Buffer) => written.stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => written.stderr.add(chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const failed = (why: string, code: number | null): void => {
      clearTimeout(timer);
      const output = `${written.stderr.text()}${written.stdout.text()}`.trim();
      reject(new ProgramFailed(`${name} ${why}: ${output.slice(-EXCERPT_LENGTH)}`, output, code));
    };
    child.once('error', (error) => failed(`cannot be run (${error.message})`, null));
    child.once('close', (code, signal) => {
      if (late) return failed(`has not ended within ${timeoutMs} ms`, null);
      if (code !== 0) return failed(`ended with ${signal ?? `code ${code}`}`, code);
      clearTimeout(timer);
      resolve(written.stdout.text());
    });
  });
}

class Bounded {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  add(chunk: Buffer): void {
    if (this.size >= MAX_OUTPUT_BYTES) return;
    this.chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - this.size));
    this.size += chunk.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}
