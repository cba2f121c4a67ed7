import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@croupier/persistence';
import type { ChildMessage } from './deployer-child';

const TOKEN = 'a-token-of-the-bench';

/** One deployer in a process of its own, on a PostgreSQL of its own. */
export class DeployerProcess {
  private constructor(
    readonly url: string,
    readonly databaseUrl: string,
    private readonly child: ChildProcess,
    private readonly postgres: EmbeddedPostgres,
    private readonly directory: string,
  ) {}

  static async start(): Promise<DeployerProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'croupier-bench-'));
    const postgres = await EmbeddedPostgres.start({ directory });
    const environment = {
      DATABASE_URL: postgres.url,
      PORT: '0',
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN: TOKEN,
      SERVICE_TOKEN: `${TOKEN}-service`,
      STATE_DIR: directory,
    };
    const child = fork(join(__dirname, 'deployer-child.js'), { env: { ...process.env, ...environment } });
    const [started] = (await once(child, 'message')) as [ChildMessage];
    if (started.kind !== 'started') throw new Error('The deployer did not start');
    return new DeployerProcess(started.url, postgres.url, child, postgres, directory);
  }

  /** CPU seconds since its start. */
  async cpuSeconds(): Promise<number> {
    const told = once(this.child, 'message') as Promise<[ChildMessage]>;
    this.child.send('cpu');
    const [message] = await told;
    if (message.kind !== 'cpu') throw new Error('The deployer told something else');
    return (message.user + message.system) / 1e6;
  }

  async call(path: string, body?: object): Promise<Response> {
    return fetch(this.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
    await this.postgres.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
