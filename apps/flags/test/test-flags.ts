import type { CloudEvent, FlagChanged } from '@croupier/contracts';
import { EmbeddedBus } from '@croupier/messaging';
import { InProcessCache, startService, type RunningService } from '@croupier/service-kit';
import { eventually, freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import { service } from '../src/service';

export const OPERATOR_TOKEN = 'operator-token-of-the-test';
export const CLIENT_TOKEN = '*:development.client-token-of-the-test';
export const FRONTEND_TOKEN = '*:development.frontend-token-of-the-test';
export const REASON = 'for the test';

type Variables = Record<string, string>;

/** A flags service of a test's own, on a database of its own unless one is given. */
export class TestFlags {
  readonly told: FlagChanged[] = [];

  private constructor(
    readonly bus: EmbeddedBus,
    private readonly database: FreshDatabase,
    private readonly isDatabaseOwn: boolean,
    private readonly variables: Variables,
    private running: RunningService,
  ) {}

  static async start(variables: Variables = {}, onDatabase?: FreshDatabase): Promise<TestFlags> {
    const database = onDatabase ?? (await freshDatabase());
    const bus = new EmbeddedBus();
    const all = {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'silent',
      OPERATOR_TOKEN,
      SERVICE_TOKEN: 'service-token-of-the-test',
      FLAGS_CLIENT_TOKEN: CLIENT_TOKEN,
      FLAGS_FRONTEND_TOKEN: FRONTEND_TOKEN,
      ...variables,
    };
    const flags = new TestFlags(bus, database, onDatabase === undefined, all, await run(bus, all));
    await bus.subscribe('observer', ['flag.changed'], async ({ data }: CloudEvent) => {
      flags.told.push(data as FlagChanged);
    });
    return flags;
  }

  get url(): string {
    return this.running.url;
  }

  get freshDatabase(): FreshDatabase {
    return this.database;
  }

  /** A request of an operator, who is called `actor`. */
  as(actor: string, method: 'get' | 'put' | 'post' | 'delete', path: string): request.Test {
    return request(this.url)
      [method](path)
      .set('authorization', `Bearer ${OPERATOR_TOKEN}`)
      .set('x-croupier-actor', actor);
  }

  put(name: string, order: object, actor = 'ann'): request.Test {
    return this.as(actor, 'put', `/v1/flags/${encodeURIComponent(name)}`).send({ reason: REASON, ...order });
  }

  set(name: string, environment: string, settings: object, actor = 'ann'): request.Test {
    const path = `/v1/flags/${encodeURIComponent(name)}/environments/${environment}`;
    return this.as(actor, 'put', path).send({ reason: REASON, ...settings });
  }

  archive(name: string): request.Test {
    return this.as('ann', 'delete', `/v1/flags/${encodeURIComponent(name)}`).query({ reason: REASON });
  }

  /** In the environment of releases; undefined when there is no such flag. */
  async enabled(name: string): Promise<boolean | undefined> {
    const { status, body } = await this.as('ann', 'get', `/v1/flags/${encodeURIComponent(name)}`);
    return status === 404 ? undefined : (body as { enabled: boolean }).enabled;
  }

  /** What was told of a flag, once there is so much of it. */
  async toldOf(flag: string, count: number): Promise<FlagChanged[]> {
    const changes = (): FlagChanged[] => this.told.filter((change) => change.flag === flag);
    await eventually(() => changes().length >= count);
    return changes();
  }

  client(path: string, token = CLIENT_TOKEN): request.Test {
    return request(this.url).get(`/api/client/${path}`).set('authorization', token);
  }

  async stopService(): Promise<void> {
    await this.running.stop();
  }

  /** Where it was. */
  async startAgain(): Promise<void> {
    const port = new URL(this.running.url).port;
    this.running = await run(this.bus, { ...this.variables, PORT: port });
  }

  async stop(): Promise<void> {
    await this.running.stop().catch(() => undefined);
    await this.bus.close();
    if (this.isDatabaseOwn) await this.database.drop();
  }
}

function run(bus: EmbeddedBus, environment: Variables): Promise<RunningService> {
  return startService(service, { bus, cache: new InProcessCache(), environment });
}
