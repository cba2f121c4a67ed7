import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import { ServiceProgram } from '../service-program';
import type { BenchFlag } from './bench-flags';

const ENVIRONMENT = 'development';
const CLIENT_TOKEN = `*:${ENVIRONMENT}.client-token-of-the-bench`;
const FRONTEND_TOKEN = `*:${ENVIRONMENT}.frontend-token-of-the-bench`;
const REASON = 'for the bench';

/** The flags service as it runs in production: a process of its own on PostgreSQL and RabbitMQ. */
export class FlagsUnderTest {
  readonly clientToken = CLIENT_TOKEN;
  readonly frontendToken = FRONTEND_TOKEN;

  private constructor(
    private readonly service: ServiceProgram,
    private readonly database: FreshDatabase,
  ) {}

  static async start(): Promise<FlagsUnderTest> {
    const database = await freshDatabase();
    const tokens = { FLAGS_CLIENT_TOKEN: CLIENT_TOKEN, FLAGS_FRONTEND_TOKEN: FRONTEND_TOKEN };
    return new FlagsUnderTest(await ServiceProgram.start('flags', database.url, tokens), database);
  }

  get operatorToken(): string {
    return this.service.operatorToken;
  }

  get port(): number {
    return this.service.program.port;
  }

  async fill(flags: readonly BenchFlag[]): Promise<void> {
    for (const { name, enabled, strategies } of flags) await this.set(name, { enabled, strategies });
  }

  async set(name: string, settings: object): Promise<void> {
    const answer = await fetch(`${this.service.program.url}/v1/flags/${name}/environments/${ENVIRONMENT}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.operatorToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...settings, reason: REASON }),
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.database.drop();
  }
}
