import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RabbitBus } from '@croupier/messaging';
import { freshDatabase, freshNamespace, rabbit, type FreshDatabase } from '@croupier/testing';
import { freePort } from '@croupier/persistence';
import { ServerProgram } from '../server-program';
import type { BenchFlag } from './bench-flags';

const OPERATOR_TOKEN = 'operator-token-of-the-bench';
const ENVIRONMENT = 'development';
const REASON = 'for the bench';

/** The flags service as it runs in production: a process of its own on PostgreSQL and RabbitMQ. */
export class FlagsUnderTest {
  readonly operatorToken = OPERATOR_TOKEN;
  readonly clientToken = `*:${ENVIRONMENT}.client-token-of-the-bench`;
  readonly frontendToken = `*:${ENVIRONMENT}.frontend-token-of-the-bench`;

  private constructor(
    private readonly program: ServerProgram,
    private readonly database: FreshDatabase,
    private readonly amqp: { readonly url: string; readonly namespace: string },
  ) {}

  static async start(): Promise<FlagsUnderTest> {
    const database = await freshDatabase();
    const amqp = { url: (await rabbit()).url, namespace: freshNamespace() };
    const flags = createRequire(__filename).resolve('@croupier/flags/package.json');
    const port = await freePort();
    const program = await ServerProgram.start(
      join(dirname(flags), 'dist', 'main.js'),
      {
        DATABASE_URL: database.url,
        AMQP_URL: amqp.url,
        NAMESPACE: amqp.namespace,
        PORT: String(port),
        LOG_LEVEL: 'warn',
        OPERATOR_TOKEN,
        SERVICE_TOKEN: OPERATOR_TOKEN,
        FLAGS_CLIENT_TOKEN: `*:${ENVIRONMENT}.client-token-of-the-bench`,
        FLAGS_FRONTEND_TOKEN: `*:${ENVIRONMENT}.frontend-token-of-the-bench`,
      },
      { port, path: '/health/ready' },
    );
    return new FlagsUnderTest(program, database, amqp);
  }

  get port(): number {
    return this.program.port;
  }

  async fill(flags: readonly BenchFlag[]): Promise<void> {
    for (const { name, enabled, strategies } of flags) await this.set(name, { enabled, strategies });
  }

  async set(name: string, settings: object): Promise<void> {
    const answer = await fetch(`${this.program.url}/v1/flags/${name}/environments/${ENVIRONMENT}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...settings, reason: REASON }),
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await RabbitBus.deleteNamespace(this.amqp.url, this.amqp.namespace);
    await this.database.drop();
  }
}
