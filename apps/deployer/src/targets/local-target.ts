import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { gameVersionId, subjectId } from '@croupier/contracts';
import { OutboundHttp } from '@croupier/service-kit';
import { ArtifactStore } from './artifact-store';
import { DeploymentTarget, type WorkloadSpec } from './deployment-target';

const HEALTH_DEADLINE_MS = 15_000;
const HEALTH_INTERVAL_MS = 50;
const STOP_DEADLINE_MS = 5_000;

interface LocalWorkload {
  readonly spec: WorkloadSpec;
  readonly process: ChildProcess;
  readonly endpoint: string;
  stopping: boolean;
}

/** Runs versions as child processes of the deployer: for one machine, development and the demo. */
@Injectable()
export class LocalTarget extends DeploymentTarget implements OnApplicationShutdown {
  private readonly logger = new Logger(LocalTarget.name);
  private readonly workloads = new Map<string, LocalWorkload>();
  private lostListener: (spec: WorkloadSpec, reason: string) => void = () => undefined;

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly http: OutboundHttp,
  ) {
    super();
  }

  async deploy(spec: WorkloadSpec): Promise<{ endpoint: string }> {
    const running = this.workloads.get(keyOf(spec));
    if (running) return { endpoint: running.endpoint };
    const folder = await this.artifacts.folderOf(spec.digest, spec.manifestUrl, spec.manifest);
    const port = await freePort();
    const child = spawn(process.execPath, [join(folder, spec.manifest.server.entry)], {
      cwd: folder,
      env: { PORT: String(port), NODE_ENV: 'production' },
      stdio: 'ignore',
    });
    const workload = { spec, process: child, endpoint: `http://127.0.0.1:${port}`, stopping: false };
    this.workloads.set(keyOf(spec), workload);
    child.once('error', (error) => this.ended(workload, error.message));
    child.once('exit', (code, signal) => this.ended(workload, `exited with ${signal ?? `code ${code}`}`));
    await this.untilHealthy(workload);
    return { endpoint: workload.endpoint };
  }

  async remove(spec: WorkloadSpec): Promise<void> {
    const workload = this.workloads.get(keyOf(spec));
    if (!workload) return;
    workload.stopping = true;
    workload.process.kill('SIGTERM');
    const exited = once(workload.process, 'exit');
    const killer = setTimeout(() => workload.process.kill('SIGKILL'), STOP_DEADLINE_MS);
    await exited;
    clearTimeout(killer);
  }

  onLost(listener: (spec: WorkloadSpec, reason: string) => void): void {
    this.lostListener = listener;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.workloads.values()].map(({ spec }) => this.remove(spec)));
  }

  private ended(workload: LocalWorkload, reason: string): void {
    if (!this.workloads.delete(keyOf(workload.spec)) || workload.stopping) return;
    this.logger.warn(`${keyOf(workload.spec)} ${reason}`);
    this.lostListener(workload.spec, reason);
  }

  private async untilHealthy(workload: LocalWorkload): Promise<void> {
    const deadline = Date.now() + HEALTH_DEADLINE_MS;
    for (;;) {
      if (!this.workloads.has(keyOf(workload.spec)))
        throw new Error('The workload ended before it was healthy');
      try {
        await this.http.getBytes(`${workload.endpoint}/health`, { attempts: 1, timeoutMs: 1_000 });
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          await this.remove(workload.spec);
          throw new Error(`The workload is not healthy after ${HEALTH_DEADLINE_MS} ms`, { cause: error });
        }
        await delay(HEALTH_INTERVAL_MS);
      }
    }
  }
}

function keyOf({ environment, manifest }: WorkloadSpec): string {
  return `${environment}:${gameVersionId(subjectId(manifest.provider, manifest.game), manifest.version)}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
