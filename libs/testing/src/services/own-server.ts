import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from '../eventually';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

/** A server process of a test's own on loopback. */
export class OwnServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Resolves when the port takes connections. */
  static async start(program: string, parameters: readonly string[], port: number): Promise<OwnServer> {
    const child = spawn(program, [...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on(
        'data',
        (chunk: Buffer) => void (said.push(chunk.toString()), said.splice(0, said.length - 20)),
      );
    const server = new OwnServer(child, port);
    try {
      await eventually(
        async () => {
          if (child.exitCode !== null) return 'ended';
          return (await takesConnections(port)) ? 'up' : false;
        },
        { timeoutMs: START_TIMEOUT_MS },
      );
      if (child.exitCode !== null) throw new Error('it has ended');
      return server;
    } catch (error) {
      await server.stop();
      throw new Error(`${program} does not answer on ${port}. It said: ${said.join('').slice(-2_000)}`, {
        cause: error,
      });
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(hurry);
  }

  /** Holds it still, and lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
