import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Variables } from './platform';

const STOP_DEADLINE_MS = 15_000;

/** A program of ours in a process of its own. Its standard error is ours; its standard output is read by line. */
export class ChildProgram {
  private readonly lines: Interface;

  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
  ) {
    this.lines = createInterface({ input: process.stdout! });
  }

  static start(name: string, program: string, args: readonly string[], variables: Variables): ChildProgram {
    const child = spawn(process.execPath, [program, ...args], {
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new ChildProgram(name, child);
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  onLine(listener: (line: string) => void): void {
    this.lines.on('line', listener);
  }

  /** The next line that `accept` makes something of. */
  line<Value>(accept: (line: string) => Value | undefined, deadlineMs: number): Promise<Value> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(deadline);
        this.lines.off('line', onLine).off('close', onClose);
        settle();
      };
      const onLine = (line: string): void => {
        const value = accept(line);
        if (value !== undefined) finish(() => resolve(value));
      };
      const onClose = (): void => finish(() => reject(new Error(`${this.name} ended`)));
      const onDeadline = (): void =>
        finish(() => reject(new Error(`${this.name} is silent for ${deadlineMs} ms`)));
      const deadline = setTimeout(onDeadline, deadlineMs);
      this.lines.on('line', onLine).on('close', onClose);
    });
  }

  terminate(): void {
    if (this.running) this.process.kill('SIGTERM');
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.terminate();
    const killer = setTimeout(() => this.process.kill('SIGKILL'), STOP_DEADLINE_MS);
    await once(this.process, 'exit');
    clearTimeout(killer);
  }
}
