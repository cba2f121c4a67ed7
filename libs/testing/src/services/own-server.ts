import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { eventually } from '../eventually';
import { installed, isPresent } from './debian-packages';
import { SharedState } from './shared-state';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

/**
 * Finds a program, or installs the Debian package that brings it.
 * @param program its name, or the absolute path of a file that the package brings
 */
export async function haveProgram(program: string, packageName: string): Promise<void> {
  if (await isPresent(program)) return;
  await new SharedState()
    .exclusively(() => installed(program, packageName))
    .catch((error: Error) => {
      throw new Error(
        `The tests need ${program} and it is not there.\n  - Debian package: ${error.message}\n` +
          `Install ${packageName}, or run the tests as root on Debian.`,
        { cause: error },
      );
    });
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

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
