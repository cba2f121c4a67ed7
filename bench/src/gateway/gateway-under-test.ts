import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { eventually, freshNamespace, rabbit } from '@croupier/testing';
import { RabbitBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import { ServerProgram } from '../server-program';

const START_DEADLINE_MS = 180_000;

/** The gateway as it runs in production: one process that looks after workers, on PostgreSQL and RabbitMQ. */
export class GatewayUnderTest {
  private constructor(
    readonly program: ServerProgram,
    private readonly namespace: string,
    private readonly amqpUrl: string,
  ) {}

  static async start(options: {
    databaseUrl: string;
    deployerUrl: string;
    workers?: number;
  }): Promise<GatewayUnderTest> {
    const { databaseUrl, deployerUrl, workers = 1 } = options;
    const main = join(
      dirname(createRequire(__filename).resolve('@croupier/gateway/package.json')),
      'dist',
      'main.js',
    );
    const { url: amqpUrl } = await rabbit();
    const namespace = freshNamespace();
    const port = await freePort();
    const token = (): string => randomBytes(24).toString('base64url');
    const program = await ServerProgram.start(
      main,
      {
        DATABASE_URL: databaseUrl,
        AMQP_URL: amqpUrl,
        NAMESPACE: namespace,
        PORT: String(port),
        LOG_LEVEL: 'error',
        OPERATOR_TOKEN: token(),
        SERVICE_TOKEN: token(),
        SESSION_SECRET: token() + token(),
        DEPLOYER_URL: deployerUrl,
        GATEWAY_WORKERS: String(workers),
      },
      { port, path: '/health/live', deadlineMs: START_DEADLINE_MS },
    );
    return new GatewayUnderTest(program, namespace, amqpUrl);
  }

  get url(): string {
    return this.program.url;
  }

  /** Resolves when it answers a launch at this path. */
  async deals(path: string): Promise<void> {
    await eventually(async () => (await fetch(this.url + path)).ok, { timeoutMs: START_DEADLINE_MS });
  }

  /** Resident set sizes in MiB, of the first process and of its workers. */
  async memory(): Promise<{ primaryMib: number; workerMib: number }> {
    const [primaryMib = NaN, ...workers] = await Promise.all(
      [this.program.pid, ...(await childrenOf(this.program.pid))].map(residentMib),
    );
    return { primaryMib, workerMib: Math.max(...workers) };
  }

  /** Puts new workers in the place of those there are. */
  replaceWorkers(): void {
    process.kill(this.program.pid, 'SIGHUP');
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await RabbitBus.deleteNamespace(this.amqpUrl, this.namespace);
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
