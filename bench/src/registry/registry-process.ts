import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CloudEvent } from '@croupier/contracts';
import { Pool } from 'undici';
import { IMAGE_VARIABLES } from '../server-program';
import type { ChildMessage } from './registry-child';

const TOKEN = randomBytes(24).toString('base64url');
const CONNECTIONS = 8;

/** One registry in a process of its own. */
export class RegistryProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly http: Pool,
  ) {}

  static async start(databaseUrl: string): Promise<RegistryProcess> {
    const environment = {
      DATABASE_URL: databaseUrl,
      PORT: '0',
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN: TOKEN,
      SERVICE_TOKEN: `${TOKEN}-service`,
      // The provider's site of the bench.
      ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
    };
    const child = fork(join(__dirname, 'registry-child.js'), {
      env: { ...process.env, ...IMAGE_VARIABLES, ...environment },
    });
    const [started] = (await once(child, 'message')) as [ChildMessage];
    if (started.kind !== 'started') throw new Error('The registry did not start');
    return new RegistryProcess(child, new Pool(started.url, { connections: CONNECTIONS }));
  }

  async get(path: string): Promise<void> {
    const { statusCode, body } = await this.http.request({
      path,
      method: 'GET',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text}`);
  }

  /** Resolves when every announcement has been worked on. */
  async announce(events: readonly CloudEvent[]): Promise<void> {
    const done = once(this.child, 'message');
    this.child.send([...events]);
    await done;
  }

  async stop(): Promise<void> {
    await this.http.close();
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}
