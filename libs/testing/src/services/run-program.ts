import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program to its end, or throws with what it printed last. */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  o: { timeoutMs: number; env?: Record<string, string> },
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, [...parameters], {
      timeout: o.timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...o.env },
    });
    return stdout;
  } catch (error) {
    const failure = error as { stderr?: string; killed?: boolean; message: string };
    const said = failure.killed
      ? `gave no result within ${o.timeoutMs / 1000} s`
      : (failure.stderr?.trim().split('\n').at(-1) ?? '') || failure.message;
    throw new Error(`${program} ${parameters.slice(0, 2).join(' ')}: ${said}`, { cause: error });
  }
}
