import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { eventually } from '@croupier/testing';
import { run, type Call } from '../program';

const START_TIMEOUT_MS = 30_000;

/** podman's side of Docker's API: Compose talks to it as to a Docker engine. */
export class PodmanService {
  private constructor(private readonly process: ChildProcess) {}

  static async start(socket: string, env: NonNullable<Call['env']>): Promise<PodmanService> {
    await rm(socket.replace('unix://', ''), { force: true });
    const process_ = spawn('podman', ['system', 'service', '--time', '0', socket], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const service = new PodmanService(process_);
    const answers = (): Promise<string> =>
      run(['podman', '--remote', '--url', socket, 'version'], { timeoutMs: START_TIMEOUT_MS, env });
    await eventually(answers, { timeoutMs: START_TIMEOUT_MS, intervalMs: 250 }).catch(
      async (error: Error) => {
        await service.stop();
        throw error;
      },
    );
    return service;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
  }
}
