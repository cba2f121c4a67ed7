import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { eventually } from '../eventually';
import { freePort } from './free-port';
import { haveProgram } from './have-program';

export interface RunningHaproxy {
  /** Where its `CROUPIER_BIND` listens. */
  readonly url: string;
  /** Ends it as SIGKILL does. */
  stop(): Promise<void>;
}

/**
 * A real HAProxy with this configuration, which binds the address in `CROUPIER_BIND` and has its runtime socket at
 * `CROUPIER_SOCKET`.
 */
export async function startHaproxy(
  configFile: string,
  socketFile: string,
  port?: number,
): Promise<RunningHaproxy> {
  await haveProgram('haproxy', 'haproxy');
  const bind = `127.0.0.1:${port ?? (await freePort())}`;
  const said: Buffer[] = [];
  const child = spawn('haproxy', ['-db', '-f', configFile], {
    env: { PATH: process.env['PATH'], CROUPIER_BIND: bind, CROUPIER_SOCKET: socketFile },
    cwd: dirname(configFile),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const url = `http://${bind}`;
  await eventually(async () => {
    if (hasEnded()) throw new Error(`HAProxy has ended: ${Buffer.concat(said).toString().slice(-1_000)}`);
    return (await fetch(url)).status > 0;
  });
  return {
    url,
    stop: async () => {
      if (hasEnded()) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
