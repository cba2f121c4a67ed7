import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@croupier/contracts';

const READY_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 20_000;
const RESTART_DELAY_MS = 500;

export interface ServiceProcessOptions {
  readonly service: ServiceName;
  /** Tells replicas of one service apart. */
  readonly name: string;
  readonly port: number;
  readonly logFile: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** One replica of a service as it runs in production: the built program, in a process of its own. */
export class ServiceProcess {
  /** How often it ended without being told to. */
  crashes = 0;
  private child: ChildProcess | undefined;
  private ending = false;

  constructor(private readonly options: ServiceProcessOptions) {}

  get name(): string {
    return this.options.name;
  }

  get service(): ServiceName {
    return this.options.service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  start(): void {
    const { service, port, logFile, variables } = this.options;
    const log = openSync(logFile, 'a');
    const program = join(
      dirname(createRequire(__filename).resolve(`@croupier/${service}/package.json`)),
      'dist',
      'main.js',
    );
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...variables, PORT: String(port) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    this.ending = false;
    // As an orchestrator does.
    child.once('exit', () => {
      if (this.ending || this.child !== child) return;
      this.crashes += 1;
      setTimeout(() => {
        if (!this.ending && this.child === child) this.start();
      }, RESTART_DELAY_MS);
    });
  }

  async ready(): Promise<void> {
    const deadline = performance.now() + READY_DEADLINE_MS;
    for (;;) {
      const answer = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => null,
      );
      if (answer?.ok) return;
      if (performance.now() > deadline)
        throw new Error(`${this.name} is not ready; see ${this.options.logFile}`);
      await sleep(100);
    }
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Its queue, its connections and its locks stay, and it does nothing with them. */
  suspend(suspended: boolean): void {
    this.child?.kill(suspended ? 'SIGSTOP' : 'SIGCONT');
  }

  async stop(): Promise<void> {
    const killer = setTimeout(() => this.child?.kill('SIGKILL'), STOP_DEADLINE_MS);
    await this.end('SIGTERM');
    clearTimeout(killer);
  }

  private get hasEnded(): boolean {
    return !this.child || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    this.ending = true;
    if (!this.child || this.hasEnded) return;
    this.child.kill(signal);
    await once(this.child, 'exit');
  }
}
