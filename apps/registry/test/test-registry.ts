import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONSUMERS, type CloudEvent, type EventData, type EventType } from '@croupier/contracts';
import { EmbeddedBus, newEvent } from '@croupier/messaging';
import { openDataSource } from '@croupier/persistence';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { service } from '../src/service';

const OPERATOR = 'operator-token-of-the-test';

export interface Publication {
  /** What the manifest says beside what every manifest says. */
  readonly manifest?: object;
  readonly announcement?: Partial<EventData<'game.version.announced'>>;
}

/** A registry on a database of its own, and the site of a provider whose versions it fetches. */
export class TestRegistry {
  private readonly pages = new Map<string, string>();

  private constructor(
    readonly told: readonly CloudEvent[],
    readonly dataSource: DataSource,
    private readonly bus: EmbeddedBus,
    private readonly running: RunningService,
    private readonly site: Server,
    private readonly database: FreshDatabase,
  ) {
    site.on('request', (message, response) => {
      const page = this.pages.get(message.url ?? '');
      response.writeHead(page === undefined ? 404 : 200).end(page);
    });
  }

  static async start(environment: Record<string, string> = {}): Promise<TestRegistry> {
    const database = await freshDatabase();
    const site = createServer();
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const bus = new EmbeddedBus({ attempts: 3, backoff: { initialMs: 1, factor: 1, maxMs: 1 } });
    const heard: CloudEvent[] = [];
    await bus.subscribe(
      'deployer',
      [...CONSUMERS.deployer, 'artifact.rejected', 'clearance.changed', 'certificate.expiring'],
      async (event) => void heard.push(event),
    );
    const running = await startService(service, {
      bus,
      cache: new InProcessCache(),
      environment: {
        DATABASE_URL: database.url,
        PORT: '0',
        LOG_LEVEL: 'silent',
        OPERATOR_TOKEN: OPERATOR,
        SERVICE_TOKEN: 'service-token-of-the-test',
        // The provider's site of the test.
        ARTIFACT_INTERNAL_HOSTS: '127.0.0.1',
        ...environment,
      },
    });
    const dataSource = await openDataSource({
      url: database.url,
      schema: 'registry',
      migrations: [],
      poolSize: 2,
    });
    return new TestRegistry(heard, dataSource, bus, running, site, database);
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.bus.close();
    await this.dataSource.destroy();
    this.site.closeAllConnections();
    await new Promise((resolve) => this.site.close(resolve));
    await this.database.drop();
  }

  /** Puts a version on the provider's site, and answers the announcement of it. */
  publish(
    game: string,
    version: string,
    { manifest = {}, announcement = {} }: Publication = {},
  ): CloudEvent<'game.version.announced', EventData<'game.version.announced'>> {
    const content = `${game} ${version}`;
    const folder = `/${game}/${encodeURIComponent(version)}`;
    const text = JSON.stringify({
      manifestVersion: 1,
      provider: 'acme',
      game,
      version,
      markets: ['MT', 'SE'],
      files: [{ path: 'index.html', sizeBytes: content.length, sha256: sha256(content) }],
      server: { runtime: 'remote', url: 'http://127.0.0.1:9' },
      client: { entry: 'index.html' },
      ...manifest,
    });
    this.pages.set(`${folder}/index.html`, content);
    this.pages.set(`${folder}/manifest.json`, text);
    const { port } = this.site.address() as AddressInfo;
    return event('game.version.announced', {
      provider: 'acme',
      game,
      version,
      change: 'added',
      manifestUrl: `http://127.0.0.1:${port}${folder}/manifest.json`,
      manifestSha256: sha256(text),
      webhookId: `msg_${randomUUID()}`,
      announcedAt: new Date().toISOString(),
      ...announcement,
    });
  }

  async register(game: string, version: string, publication: Publication = {}): Promise<void> {
    await this.tell(this.publish(game, version, publication));
  }

  async tell(...events: CloudEvent[]): Promise<void> {
    await this.bus.publish(events);
  }

  /** What it has told of a game, of one type, once nothing is left to be told. */
  async news<Type extends EventType>(type: Type, game: string): Promise<EventData<Type>[]> {
    await eventually(async () => {
      const [row] = await this.dataSource.query<{ waiting: string }[]>(
        'SELECT count(*) AS waiting FROM outbox',
      );
      return row?.waiting === '0';
    });
    const once = new Map(this.told.map((one) => [one.id, one]));
    return [...once.values()]
      .filter((one) => one.type === type && (one.data as { game?: string }).game === game)
      .map(({ data }) => data as EventData<Type>);
  }

  get(path: string): request.Test {
    return this.as(request(this.running.url).get(path));
  }

  post(path: string, body?: object): request.Test {
    return this.as(request(this.running.url).post(path)).send(body);
  }

  put(path: string, body: object): request.Test {
    return this.as(request(this.running.url).put(path)).send(body);
  }

  delete(path: string): request.Test {
    return this.as(request(this.running.url).delete(path));
  }

  metrics(): Promise<string> {
    return request(this.running.url)
      .get('/metrics')
      .then(({ text }) => text);
  }

  private as(test: request.Test): request.Test {
    return test.set('authorization', `Bearer ${OPERATOR}`).set('x-croupier-actor', 'ann@acme.example');
  }
}

export function event<Type extends EventType>(
  type: Type,
  data: EventData<Type>,
  time: Date = new Date(),
): CloudEvent<Type, EventData<Type>> {
  return { ...newEvent(type, data, { source: 'test' }), time: time.toISOString() };
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

export const versionPath = (id: string, rest = ''): string => `/v1/versions/${encodeURIComponent(id)}${rest}`;
