import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  CloudEvent,
  MigrationOutcome,
  ReleaseId,
  ReleaseReference,
  ReleaseStaged,
} from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import { Client } from 'pg';
import request from 'supertest';
import { service } from '../src/service';

export type Outcome = CloudEvent<string, MigrationOutcome>;
/** The texts of a release's scripts by their names. */
export type Scripts = Readonly<Record<string, string>>;

const OPERATOR = 'operator-token-of-the-test';
const OUTCOMES = ['planned', 'applied', 'reverted', 'contracted', 'failed'].map((end) => `migration.${end}`);

/** The migrator on databases of its own, with a server for scripts beside it and an ear on the bus. */
export class TestMigrator {
  readonly told: Outcome[] = [];
  readonly served = new Map<string, string>();

  private constructor(
    readonly bus: EmbeddedBus,
    /** A session in the modules' database. */
    readonly sql: Client,
    private readonly running: RunningService,
    private readonly files: Server,
    private readonly databases: readonly FreshDatabase[],
    private readonly platformUrl: string,
    readonly modulesUrl: string,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<TestMigrator> {
    const [platform, modules, shadow] = await Promise.all([
      freshDatabase(),
      freshDatabase(),
      freshDatabase(),
    ]);
    const sql = new Client({ connectionString: modules.url });
    await sql.connect();
    const bus = new EmbeddedBus({ backoff: { initialMs: 1, factor: 1, maxMs: 1 } });
    const files = createServer();
    await once(files.listen(0, '127.0.0.1'), 'listening');
    const running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: platform.url,
        MODULE_DATABASE_URL: modules.url,
        MIGRATION_SHADOW_DATABASE_URL: shadow.url,
        ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
        MIGRATION_LOCK_TIMEOUT_MS: '200',
        MIGRATION_LOCK_BUDGET_MS: '600',
        MIGRATION_CONTRACT_HOLD_MS: '0',
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN: 'service-token-of-the-test',
        ...environment,
      },
    });
    const databases = [platform, modules, shadow];
    const migrator = new TestMigrator(bus, sql, running, files, databases, platform.url, modules.url);
    files.on('request', (incoming, answer) => {
      const content = migrator.served.get(incoming.url ?? '');
      answer.writeHead(content === undefined ? 404 : 200).end(content);
    });
    await bus.subscribe('observer', OUTCOMES, (event) => {
      migrator.told.push(event as Outcome);
      return Promise.resolve();
    });
    return migrator;
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.bus.close();
    await this.sql.end();
    await new Promise((resolve) => this.files.close(resolve));
    await Promise.all(this.databases.map((database) => database.drop()));
  }

  get url(): string {
    return this.running.url;
  }

  get(path: string): request.Test {
    return request(this.url).get(path).set('authorization', `Bearer ${OPERATOR}`);
  }

  post(path: string, body: object): request.Test {
    return request(this.url).post(path).set('authorization', `Bearer ${OPERATOR}`).send(body);
  }

  staged(game: string, scripts: Scripts, version = '1.0.0'): CloudEvent<'release.staged', ReleaseStaged> {
    const releaseId = randomUUID() as ReleaseId;
    const filesUrl = `http://127.0.0.1:${(this.files.address() as AddressInfo).port}`;
    const migrations = Object.entries(scripts).map(([name, content]) => {
      this.served.set(`/${releaseId}/${name}`, content);
      return {
        path: `migrations/${name}`,
        url: `${filesUrl}/${releaseId}/${name}`,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
    });
    const release = { releaseId, provider: 'acme', game, version, digest: '0'.repeat(64) };
    return newEvent('release.staged', { ...release, migrations }, { source: 'test' });
  }

  /** At least `count` of them, in the order in which they were told. */
  async outcomesOf(releaseId: ReleaseId, count: number): Promise<Outcome[]> {
    const outcomes = (): Outcome[] => this.told.filter(({ data }) => data.releaseId === releaseId);
    await eventually(() => outcomes().length >= count);
    return outcomes();
  }

  /** What is told goes out in order, so once this release is told everything before it is. */
  async settled(): Promise<void> {
    const last = this.staged('last', {});
    await this.bus.publish([last]);
    await this.outcomesOf(last.data.releaseId, 1);
  }

  async inPlatform(text: string, parameter: string): Promise<void> {
    const client = new Client({ connectionString: this.platformUrl, options: '-c search_path=migrator' });
    await client.connect();
    await client.query(text, [parameter]);
    await client.end();
  }
}

export function promoted({ releaseId, provider, game, version }: ReleaseReference): CloudEvent {
  const release = { releaseId, provider, game, version };
  return newEvent(
    'rollout.promoted',
    { ...release, previousVersion: '1.0.0', flags: [] },
    { source: 'test' },
  );
}

/** As for a release by flag, unless it says that traffic has to come back first. */
export function rolledBack(
  { releaseId, provider, game, version }: ReleaseReference,
  changesTraffic = false,
): CloudEvent {
  const release = { releaseId, provider, game, version };
  const reason = 'too many errors';
  return newEvent(
    'rollout.rolled_back',
    { ...release, stableVersion: '1.0.0', reason, evidence: [], flags: [], changesTraffic },
    { source: 'test' },
  );
}

export function rollbackCompleted({ releaseId, provider, game, version }: ReleaseReference): CloudEvent {
  return newEvent('rollback.completed', { releaseId, provider, game, version }, { source: 'test' });
}
