import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface GetLatency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Somebody who uses the same Redis, in a process of its own. */
export class OtherClient {
  private constructor(private readonly child: ChildProcess) {}

  static start(port: number, keys: number): OtherClient {
    return new OtherClient(fork(join(__dirname, 'get-loop.js'), [String(port), String(keys)]));
  }

  /** What it has seen since the last time it was asked. */
  async latency(): Promise<GetLatency> {
    const answer = once(this.child, 'message') as Promise<[GetLatency]>;
    this.child.send('window');
    return (await answer)[0];
  }

  stop(): void {
    this.child.kill();
  }
}
