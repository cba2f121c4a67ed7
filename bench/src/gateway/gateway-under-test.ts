import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { eventually } from '@croupier/testing';
import { ServiceProgram } from '../service-program';

const START_DEADLINE_MS = 180_000;

/** The gateway as it runs in production: one process that looks after workers, on PostgreSQL and RabbitMQ. */
export class GatewayUnderTest {
  private constructor(private readonly service: ServiceProgram) {}

  static async start(options: {
    databaseUrl: string;
    deployerUrl: string;
    workers?: number;
  }): Promise<GatewayUnderTest> {
    const { databaseUrl, deployerUrl, workers = 1 } = options;
    const variables = {
      LOG_LEVEL: 'error',
      SESSION_SECRET: randomBytes(48).toString('base64url'),
      DEPLOYER_URL: deployerUrl,
      GATEWAY_WORKERS: String(workers),
    };
    const ready = { path: '/health/live', deadlineMs: START_DEADLINE_MS };
    return new GatewayUnderTest(await ServiceProgram.start('gateway', databaseUrl, variables, ready));
  }

  get url(): string {
    return this.service.program.url;
  }

  /** Resolves when it answers a launch at this path. */
  async deals(path: string): Promise<void> {
    await eventually(async () => (await fetch(this.url + path)).ok, { timeoutMs: START_DEADLINE_MS });
  }

  /** Resident set sizes in MiB, of the first process and of its workers. */
  async memory(): Promise<{ primaryMib: number; workerMib: number }> {
    const { pid } = this.service.program;
    const [primaryMib = NaN, ...workers] = await Promise.all(
      [pid, ...(await childrenOf(pid))].map(residentMib),
    );
    return { primaryMib, workerMib: Math.max(...workers) };
  }

  /** Puts new workers in the place of those there are. */
  replaceWorkers(): void {
    process.kill(this.service.program.pid, 'SIGHUP');
  }

  stop(): Promise<void> {
    return this.service.stop();
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(/\s+/).filter(Boolean).map(Number);
}

async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
