import { Controller, Get, Module } from '@nestjs/common';
import { consoleMigrations } from '@croupier/migrations';
import { EmbeddedBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import {
  inPath,
  InProcessCache,
  Requires,
  startService,
  type RunningService,
  type ServiceDefinition,
} from '@croupier/service-kit';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import request from 'supertest';
import { service } from '../src/service';

export const OPERATOR = 'operator-token-of-the-test';
export const SERVICE = 'service-token-of-the-test';

@Controller('v1/games/:provider/:game')
class GameController {
  @Requires('operator', inPath())
  @Get()
  game(): { readonly seen: true } {
    return { seen: true };
  }
}

@Module({ controllers: [GameController] })
class OtherModule {}

/** Any other service, with one route, for operators of the game. */
const OTHER: ServiceDefinition = {
  name: 'console',
  description: 'Another service',
  module: OtherModule,
  migrations: consoleMigrations,
};

/** The access service on a database of its own, and another service that asks it about callers. */
export class RunningAccess {
  private constructor(
    readonly database: FreshDatabase,
    private readonly bus: EmbeddedBus,
    private readonly variables: Record<string, string>,
    private readonly port: number,
    private readonly other: RunningService,
    private access: RunningService | null,
  ) {}

  static async start(tokens: Record<string, string> = { OPERATOR_TOKEN: OPERATOR }): Promise<RunningAccess> {
    const [database, port] = await Promise.all([freshDatabase(), freePort()]);
    const bus = new EmbeddedBus();
    const variables = {
      DATABASE_URL: database.url,
      LOG_LEVEL: 'silent',
      SERVICE_TOKEN: SERVICE,
      RATE_LIMIT_FAILURES_PER_MINUTE: '10000',
      ACCESS_URL: `http://127.0.0.1:${port}`,
      ...tokens,
    };
    const runtime = { bus, cache: new InProcessCache() };
    const other = await startService(OTHER, { ...runtime, environment: { ...variables, PORT: '0' } });
    const running = new RunningAccess(database, bus, variables, port, other, null);
    await running.comeBack();
    return running;
  }

  async stop(): Promise<void> {
    await this.goAway();
    await this.other.stop();
    await this.bus.close();
    await this.database.drop();
  }

  async goAway(): Promise<void> {
    await this.access?.stop();
    this.access = null;
  }

  async comeBack(): Promise<void> {
    const environment = { ...this.variables, PORT: String(this.port) };
    this.access = await startService(service, { bus: this.bus, cache: new InProcessCache(), environment });
  }

  call(method: 'get' | 'post' | 'delete', path: string, bearer = OPERATOR): request.Test {
    const url = this.variables['ACCESS_URL'] ?? '';
    return request(url)[method](path).set('authorization', `Bearer ${bearer}`);
  }

  async create(order: object = {}, bearer = OPERATOR): Promise<{ id: string; token: string }> {
    const { body } = await this.call('post', '/v1/tokens', bearer)
      .send({
        ...{ name: 'of the test', holder: 'anna', expiresInDays: 1, reason: 'the test asks' },
        grants: [{ role: 'operator', subject: 'acme/*' }],
        ...order,
      })
      .expect(201);
    return body as { id: string; token: string };
  }

  /** What the other service says to who asks for a game. */
  visit(bearer: string, game = 'acme/slots'): request.Test {
    return request(this.other.url).get(`/v1/games/${game}`).set('authorization', `Bearer ${bearer}`);
  }
}
