import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/** What a file says, or standard input when it is `-`. */
export function textOf(file: string): Promise<string> {
  return file === '-' ? text(process.stdin) : readFile(file, 'utf8');
}

export async function jsonOf(file: string): Promise<unknown> {
  const content = await textOf(file);
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`);
  }
}
