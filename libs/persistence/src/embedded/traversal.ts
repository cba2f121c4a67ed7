import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const OTHERS_MAY_ENTER = 0o001;
const OTHERS_MAY_READ = 0o004;

/** Whether any user can reach `path` and read it. */
export async function isOpenToEveryone(path: string): Promise<boolean> {
  const target = await realpath(path);
  return (
    ((await stat(target)).mode & OTHERS_MAY_READ) !== 0 && (await isReachableByEveryone(dirname(target)))
  );
}

/** Whether any user can enter `directory`, which needs the same of each of its ancestors. */
export async function isReachableByEveryone(directory: string): Promise<boolean> {
  for (let current = await realpath(directory); ; current = dirname(current)) {
    if (((await stat(current)).mode & OTHERS_MAY_ENTER) === 0) return false;
    if (current === dirname(current)) return true;
  }
}
