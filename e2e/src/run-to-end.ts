import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const TIMEOUT_MS = 60_000;

/** What the program wrote to its standard output. @throws when it ends with another code than 0, with all it said */
export async function runToEnd(
  program: string,
  parameters: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...parameters], {
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...variables },
  });
  return stdout;
}
