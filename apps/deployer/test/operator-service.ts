import { Module, type Provider, type Type } from '@nestjs/common';
import { EmbeddedBus } from '@croupier/messaging';
import { deployerMigrations } from '@croupier/migrations';
import { openDataSource } from '@croupier/persistence';
import {
  Environment,
  InProcessCache,
  startService,
  type Page,
  type RunningService,
} from '@croupier/service-kit';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { DeployerConfig } from '../src/deployer-config';

const OPERATOR = 'operator-token-of-the-test';

/** No consumers of its own: it hears nothing of other services. */
const NAME = 'aggregator';

/** A part of the deployer as a service of its own, with any number of replicas on one database. */
export class OperatorService {
  private constructor(
    private readonly url: string,
    private readonly definition: Parameters<typeof startService>[0],
    readonly dataSource: DataSource,
    private readonly replicas: RunningService[],
  ) {}

  static async start(
    url: string,
    parts: { controllers: Type[]; providers: Provider[] },
  ): Promise<OperatorService> {
    const config = {
      provide: DeployerConfig,
      useFactory: (environment: Environment) => new DeployerConfig(environment),
      inject: [Environment],
    };
    @Module({ controllers: parts.controllers, providers: [config, ...parts.providers] })
    class OperatorModule {}
    const definition = {
      name: NAME,
      description: '',
      module: OperatorModule,
      migrations: deployerMigrations,
    } as const;
    const dataSource = await openDataSource({
      url,
      schema: NAME,
      migrations: deployerMigrations,
      poolSize: 2,
    });
    const service = new OperatorService(url, definition, dataSource, []);
    await service.addReplica();
    return service;
  }

  async addReplica(): Promise<void> {
    this.replicas.push(
      await startService(this.definition, {
        bus: new EmbeddedBus(),
        cache: new InProcessCache(),
        environment: {
          DATABASE_URL: this.url,
          PORT: '0',
          LOG_LEVEL: 'silent',
          OPERATOR_TOKEN: OPERATOR,
          SERVICE_TOKEN: 'service-token-of-the-test',
        },
      }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.dataSource.destroy();
  }

  call(method: 'get' | 'put' | 'post' | 'delete', path: string, replica = 0): request.Test {
    return request(this.replicas[replica]!.url)[method](path).set('authorization', `Bearer ${OPERATOR}`);
  }

  /** All items of a list, page after page. */
  async pages<Item>(path: string): Promise<Item[]> {
    const { body } = (await this.call('get', path).expect(200)) as { body: Page<Item> };
    return body.next === null ? body.items : [...body.items, ...(await this.pages<Item>(body.next))];
  }
}
