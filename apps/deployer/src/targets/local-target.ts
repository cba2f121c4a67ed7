import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { gameVersionId, subjectId } from '@croupier/contracts';
import { freePort } from '@croupier/persistence';
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
  healthy: Promise<void>;
  stopping: boolean;
}

/** Runs versions as child processes of the deployer: for one machine, development and the demo. */
@Injectable()
export class LocalTarget extends DeploymentTarget implements OnApplicationShutdown {
  private readonly logger = new Logger(LocalTarget.name);
  private readonly workloads = new Map<string, LocalWorkload>();
  private readonly starting = new Map<string, Promise<LocalWorkload>>();
  private lostListener: (spec: WorkloadSpec, reason: string) => void = () => undefined;

  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly http: OutboundHttp,
  ) {
    super();
  }

  async deploy(spec: WorkloadSpec): Promise<{ endpoint: string }> {
    const { server } = spec.manifest;
    if (server.runtime !== 'node') throw new Error(`The local target runs no ${server.runtime} server`);
    const running = this.workloads.get(keyOf(spec)) ?? (await this.startOnce(spec, server.entry));
    await running.healthy;
    return { endpoint: running.endpoint };
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

  override onLost(listener: (spec: WorkloadSpec, reason: string) => void): void {
    this.lostListener = listener;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.workloads.values()].map(({ spec }) => this.remove(spec)));
  }

  /** Whoever asks while it is starting gets the same one. */
  private startOnce(spec: WorkloadSpec, entry: string): Promise<LocalWorkload> {
    const key = keyOf(spec);
    const starting =
      this.starting.get(key) ?? this.start(spec, entry).finally(() => this.starting.delete(key));
    this.starting.set(key, starting);
    return starting;
  }

  private async start(spec: WorkloadSpec, entry: string): Promise<LocalWorkload> {
    const folder = await this.artifacts.folderOf(spec.digest, spec.manifestUrl, spec.manifest);
    const port = await freePort();
    const child = spawn(process.execPath, [join(folder, entry)], {
      cwd: folder,
      env: { PORT: String(port), NODE_ENV: 'production' },
      stdio: 'ignore',
    });
    const endpoint = `http://127.0.0.1:${port}`;
    const workload: LocalWorkload = {
      spec,
      process: child,
      endpoint,
      stopping: false,
      healthy: Promise.resolve(),
    };
    this.workloads.set(keyOf(spec), workload);
    child.once('error', (error) => this.ended(workload, error.message));
    child.once('exit', (code, signal) => this.ended(workload, `exited with ${signal ?? `code ${code}`}`));
    workload.healthy = this.untilHealthy(workload);
    // Whoever asked for it is told; nobody may have asked any more.
    workload.healthy.catch(() => undefined);
    return workload;
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
