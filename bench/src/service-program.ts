import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ServiceName } from '@croupier/contracts';
import { RabbitBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import { freshNamespace, rabbit } from '@croupier/testing';
import { ServerProgram, type Readiness } from './server-program';

/** A service as it runs in production: a process of its own on PostgreSQL and RabbitMQ, in a namespace of its own. */
export class ServiceProgram {
  private constructor(
    readonly program: ServerProgram,
    readonly operatorToken: string,
    readonly amqp: { readonly url: string; readonly namespace: string },
  ) {}

  /** @param variables beside those that every service needs, or in place of them */
  static async start(
    name: ServiceName,
    databaseUrl: string,
    variables: Readonly<Record<string, string>>,
    ready: Omit<Readiness, 'port'> = { path: '/health/ready' },
  ): Promise<ServiceProgram> {
    const home = dirname(createRequire(__filename).resolve(`@croupier/${name}/package.json`));
    const amqp = { url: (await rabbit()).url, namespace: freshNamespace() };
    const port = await freePort();
    const operatorToken = randomToken();
    const program = await ServerProgram.start(
      join(home, 'dist', 'main.js'),
      {
        DATABASE_URL: databaseUrl,
        AMQP_URL: amqp.url,
        NAMESPACE: amqp.namespace,
        PORT: String(port),
        LOG_LEVEL: 'warn',
        OPERATOR_TOKEN: operatorToken,
        SERVICE_TOKEN: randomToken(),
        ...variables,
      },
      { ...ready, port },
    );
    return new ServiceProgram(program, operatorToken, amqp);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await RabbitBus.deleteNamespace(this.amqp.url, this.amqp.namespace);
  }
}

function randomToken(): string {
  return randomBytes(24).toString('base64url');
}
