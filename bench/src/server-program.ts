import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;
/** As in the images of the services; the peers get the same. */
export const IMAGE_VARIABLES = {
  NODE_ENV: 'production',
  NODE_OPTIONS: '--max-semi-space-size=64 --v8-pool-size=1',
};

export interface Readiness {
  readonly port: number;
  /** Answers with 2xx once it is ready. */
  readonly path: string;
  /** One minute unless given. */
  readonly deadlineMs?: number;
}

/** A server in a process of its own. Its standard error is ours. */
export class ServerProgram {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  /** Waits for the line `{"listening":<port>}`, or for `ready` where the program says nothing. */
  static async start(
    program: string,
    variables: Readonly<Record<string, string>>,
    ready?: Readiness,
  ): Promise<ServerProgram> {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env['PATH'], ...IMAGE_VARIABLES, ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const port = ready ? await untilReady(child, ready) : await listening(child);
      child.stdout.resume();
      return new ServerProgram(port, child);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    return this.process.pid as number;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    const killer = setTimeout(() => this.process.kill('SIGKILL'), STOP_DEADLINE_MS);
    await once(this.process, 'exit');
    clearTimeout(killer);
  }
}

async function listening(child: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: child.stdout! }))
    if (line.startsWith('{"listening"')) return (JSON.parse(line) as { listening: number }).listening;
  throw new Error('The program ended before it listened');
}

async function untilReady(child: ChildProcess, ready: Readiness): Promise<number> {
  const { deadlineMs = START_DEADLINE_MS } = ready;
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${ready.port}${ready.path}`).catch(() => null);
    if (answer?.ok) return ready.port;
    if (child.exitCode !== null) throw new Error('The program ended before it was ready');
    if (performance.now() > deadline) throw new Error(`Not ready after ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
