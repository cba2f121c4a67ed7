import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const START_DEADLINE_MS = 20_000;

/** A Redis of the suite's own, which may be killed. It is a cache: it keeps nothing. */
export class OwnRedis {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    readonly port: number,
  ) {}

  static async start(directory: string, port: number): Promise<OwnRedis> {
    await mkdir(directory, { recursive: true });
    const redis = new OwnRedis(directory, port);
    await redis.boot();
    return redis;
  }

  async crash(): Promise<void> {
    await this.end('SIGKILL');
    await this.boot();
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  }

  private async boot(): Promise<void> {
    const nothingOnDisk = ['--save', '', '--appendonly', 'no', '--dir', this.directory];
    const server = spawn(
      'redis-server',
      ['--port', String(this.port), '--bind', '127.0.0.1', ...nothingOnDisk],
      {
        stdio: 'ignore',
      },
    );
    this.server = server;
    server.once('error', () => undefined);
    const deadline = performance.now() + START_DEADLINE_MS;
    while (!(await this.answers())) {
      if (performance.now() > deadline) throw new Error('redis-server does not answer. Is it installed?');
      await sleep(50);
    }
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.port, host: '127.0.0.1' });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }
}
