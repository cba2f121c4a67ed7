import { fork, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { CloudEvent, MigrationOutcome, ReleaseId } from '@croupier/contracts';
import { newEvent } from '@croupier/messaging';

const TOKEN = randomBytes(24).toString('base64url');

type Outcome = CloudEvent<string, MigrationOutcome>;

export interface MigratorOptions {
  readonly databaseUrl: string;
  readonly shadowUrl: string;
  readonly lockTimeoutMs: number;
  readonly lockBudgetMs: number;
}

/** How a release ended, and the milliseconds from the end of its proof to that. */
export interface Migrated {
  readonly ok: boolean;
  readonly detail: string;
  readonly tookMs: number;
}

/** One migrator in a process of its own, and a site with the scripts of one module. */
export class MigratorProcess {
  private readonly scripts = new Map<string, string>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly site: Server,
  ) {
    site.on('request', (message, response) => {
      const script = this.scripts.get(message.url?.slice(1) ?? '');
      response.writeHead(script === undefined ? 404 : 200).end(script);
    });
  }

  static async start(options: MigratorOptions): Promise<MigratorProcess> {
    const environment = {
      DATABASE_URL: options.databaseUrl,
      ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
      MIGRATION_SHADOW_DATABASE_URL: options.shadowUrl,
      MIGRATION_LOCK_TIMEOUT_MS: String(options.lockTimeoutMs),
      MIGRATION_LOCK_BUDGET_MS: String(options.lockBudgetMs),
      PORT: '0',
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN: TOKEN,
      SERVICE_TOKEN: `${TOKEN}-service`,
    };
    const site = createServer();
    await once(site.listen(0, '127.0.0.1'), 'listening');
    const child = fork(join(__dirname, 'migrator-child.js'), { env: { ...process.env, ...environment } });
    await once(child, 'message');
    return new MigratorProcess(child, site);
  }

  /** Brings all scripts so far and this one. Resolves when they are applied, or were given up. */
  async migrate(name: string, sql: string): Promise<Migrated> {
    this.scripts.set(name, sql);
    const { port } = this.site.address() as AddressInfo;
    const migrations = [...this.scripts].map(([script, text]) => ({
      path: `migrations/${script}`,
      url: `http://127.0.0.1:${port}/${script}`,
      sha256: createHash('sha256').update(text).digest('hex'),
    }));
    const release = {
      releaseId: randomUUID() as ReleaseId,
      provider: 'bench',
      game: 'wallet',
      version: `1.${this.scripts.size}.0`,
      digest: '0'.repeat(64),
    };
    this.child.send(newEvent('release.staged', { ...release, migrations }, { source: 'bench' }));
    let provenAt = performance.now();
    for (;;) {
      const [{ type, data }] = (await once(this.child, 'message')) as [Outcome];
      if (type === 'migration.planned') provenAt = performance.now();
      else
        return {
          ok: type === 'migration.applied',
          detail: data.detail,
          tookMs: performance.now() - provenAt,
        };
    }
  }

  /** So that the next release does not bring it again. */
  withdraw(name: string): void {
    this.scripts.delete(name);
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
    this.site.closeAllConnections();
    await once(this.site.close(), 'close');
  }
}
