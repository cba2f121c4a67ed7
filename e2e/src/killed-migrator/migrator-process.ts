import type { ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CONSUMERS,
  type CloudEvent,
  type MigrationOutcome,
  type ReleaseId,
  type ReleaseStaged,
} from '@croupier/contracts';
import { newEvent, RabbitBus } from '@croupier/messaging';
import {
  eventually,
  freePort,
  freshDatabase,
  freshNamespace,
  rabbit,
  type FreshDatabase,
} from '@croupier/testing';
import { start, stop } from '../program';

const PATIENCE = { timeoutMs: 30_000, intervalMs: 50 };

export type Staged = CloudEvent<'release.staged', ReleaseStaged>;

/** The built migrator on PostgreSQL and RabbitMQ, which can be killed and started again. */
export class MigratorProcess {
  private readonly told = new Map<string, CloudEvent<string, MigrationOutcome>>();
  private readonly served = new Map<string, string>();
  private process: ChildProcess | undefined;

  private constructor(
    readonly platform: FreshDatabase,
    readonly modules: FreshDatabase,
    readonly shadow: FreshDatabase,
    private readonly bus: RabbitBus,
    private readonly amqpUrl: string,
    private readonly namespace: string,
    private readonly files: Server,
    private readonly port: number,
  ) {}

  static async prepare(): Promise<MigratorProcess> {
    const [platform, modules, shadow] = await Promise.all([
      freshDatabase(),
      freshDatabase(),
      freshDatabase(),
    ]);
    const namespace = freshNamespace();
    const amqpUrl = (await rabbit()).url;
    const bus = new RabbitBus({ url: amqpUrl, namespace, consumers: CONSUMERS });
    const files = createServer();
    await once(files.listen(0, '127.0.0.1'), 'listening');
    const port = await freePort();
    const one = new MigratorProcess(platform, modules, shadow, bus, amqpUrl, namespace, files, port);
    files.on('request', (incoming, answer) => {
      const content = one.served.get(incoming.url ?? '');
      answer.writeHead(content === undefined ? 404 : 200).end(content);
    });
    await bus.subscribe('deployer', CONSUMERS.deployer, async (event) => {
      // What is told at least once counts once.
      if (event.type.startsWith('migration.'))
        one.told.set(event.id, event as CloudEvent<string, MigrationOutcome>);
    });
    return one;
  }

  async start(): Promise<void> {
    this.process = start('apps/migrator/dist/main.js', [], {
      DATABASE_URL: this.platform.url,
      ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
      MODULE_DATABASE_URL: this.modules.url,
      MIGRATION_SHADOW_DATABASE_URL: this.shadow.url,
      // Long enough for the test to do what it wants while a migration waits for a lock.
      MIGRATION_LOCK_TIMEOUT_MS: '50000',
      MIGRATION_LOCK_BUDGET_MS: '50000',
      AMQP_URL: this.amqpUrl,
      NAMESPACE: this.namespace,
      PORT: String(this.port),
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN: 'an-operator-token-of-the-test',
      SERVICE_TOKEN: 'a-service-token-of-the-test',
    });
    this.process.stdout?.resume();
    this.process.stderr?.pipe(process.stderr);
    await eventually(async () => (await fetch(`http://127.0.0.1:${this.port}/health/ready`)).ok, PATIENCE);
  }

  async kill(): Promise<void> {
    this.process?.kill('SIGKILL');
    if (this.process) await once(this.process, 'exit');
  }

  async end(): Promise<void> {
    if (this.process) await stop(this.process);
    await this.bus.close();
    await new Promise((resolve) => this.files.close(resolve));
    await RabbitBus.deleteNamespace(this.amqpUrl, this.namespace);
    await Promise.all([this.platform, this.modules, this.shadow].map((database) => database.drop()));
  }

  async stage(game: string, version: string, scripts: Readonly<Record<string, string>>): Promise<Staged> {
    const releaseId = randomUUID() as ReleaseId;
    const migrations = Object.entries(scripts).map(([name, content]) => {
      this.served.set(`/${releaseId}/${name}`, content);
      return {
        path: `migrations/${name}`,
        url: `http://127.0.0.1:${(this.files.address() as AddressInfo).port}/${releaseId}/${name}`,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
    });
    const release = { releaseId, provider: 'acme', game, version, digest: '0'.repeat(64) };
    const event = newEvent('release.staged', { ...release, migrations }, { source: 'test' });
    await this.bus.publish([event]);
    return event;
  }

  /** All that was told of the release by the time it was applied or had failed. */
  async outcomesOf({ data: { releaseId } }: Staged): Promise<CloudEvent<string, MigrationOutcome>[]> {
    return eventually(() => {
      const outcomes = [...this.told.values()].filter(({ data }) => data.releaseId === releaseId);
      return outcomes.some(({ type }) => /applied|failed/.test(type)) && outcomes;
    }, PATIENCE);
  }
}
