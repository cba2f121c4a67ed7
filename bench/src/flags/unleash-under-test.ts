import { startUnleash, type RunningUnleash } from '@croupier/testing';
import type { BenchFlag } from './bench-flags';

const ENVIRONMENT = 'development';

/** Unleash's own server, filled by its import. */
export class UnleashUnderTest {
  private constructor(
    private readonly unleash: RunningUnleash,
    private readonly cookie: string,
  ) {}

  static async start(): Promise<UnleashUnderTest> {
    const unleash = await startUnleash();
    return new UnleashUnderTest(unleash, await unleash.signIn());
  }

  get port(): number {
    return Number(new URL(this.unleash.url).port);
  }

  get clientToken(): string {
    return this.unleash.clientToken(ENVIRONMENT);
  }

  get frontendToken(): string {
    return this.unleash.frontendToken(ENVIRONMENT);
  }

  async fill(flags: readonly BenchFlag[]): Promise<void> {
    await this.post('/context', { name: 'market' });
    const features = flags.map(({ name }) => ({
      name,
      type: 'release',
      project: 'default',
      description: '',
    }));
    const featureStrategies = flags.flatMap(({ name: featureName, strategies }) =>
      strategies.map((strategy) => ({ ...strategy, featureName, segments: [] })),
    );
    const featureEnvironments = flags.map(({ name, enabled }) => ({
      name,
      featureName: name,
      environment: ENVIRONMENT,
      enabled,
      variants: [],
    }));
    const data = { features, featureStrategies, featureEnvironments, tagTypes: [], segments: [] };
    await this.post('/features-batch/import', { project: 'default', environment: ENVIRONMENT, data });
  }

  async stop(): Promise<void> {
    await this.unleash.stop();
  }

  private async post(path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.unleash.url}/api/admin${path}`, {
      method: 'POST',
      headers: { cookie: this.cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}
