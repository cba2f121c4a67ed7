import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TesterList, Testers } from './testers';

const LOOK_MS = 1_000;

/** Where the list of testers is, for a gateway that has a place for it. */
export function testerFilePath(stateDirectory: string | undefined): string | undefined {
  return stateDirectory === undefined ? undefined : join(stateDirectory, 'gateway-testers.json');
}

/** The list of testers on disk, read again when it has changed. One that cannot be read leaves the last one in place. */
export class TesterFile {
  list = TesterList.NOBODY;
  private timer: NodeJS.Timeout | null = null;
  private seen = '';

  constructor(
    private readonly path: string | undefined,
    private readonly say: (line: string) => void,
  ) {}

  /** Also looks at it from then on. */
  async start(): Promise<void> {
    if (this.path === undefined) return;
    await this.look(this.path);
    const { path } = this;
    this.timer = setInterval(() => void this.look(path), LOOK_MS);
  }

  /** Nest calls it. */
  onApplicationShutdown(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async look(path: string): Promise<void> {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const seen = `${mtimeMs} ${size} ${ino}`;
      if (seen === this.seen) return;
      this.seen = seen;
      this.list = new TesterList(Testers.parse(JSON.parse(await readFile(path, 'utf8'))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.list = TesterList.NOBODY;
      else this.say(`The list of testers cannot be read: ${(error as Error).message}`);
    }
  }
}
