import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '@croupier/contracts';
import request from 'supertest';
import { firstJson, start, stop } from './program';

export interface TestPlatform {
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly stateDirectory: string;
  readonly secrets: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `croupier up` in a folder of its own, on free ports and embedded parts. */
export async function startPlatform(variables: NodeJS.ProcessEnv = {}): Promise<TestPlatform> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'croupier-e2e-'));
  const embedded = { DATABASE_URL: '', AMQP_URL: '', REDIS_URL: '' };
  const args = ['up', '--free-ports', '--json', '--state', stateDirectory];
  const program = start('apps/croupier/dist/main.js', args, { LOG_LEVEL: 'warn', ...embedded, ...variables });
  const { urls } = await firstJson<{ urls: TestPlatform['urls'] }>(program);
  const secrets = JSON.parse(await readFile(join(stateDirectory, 'secrets.json'), 'utf8')) as Record<
    string,
    string
  >;
  return {
    urls,
    stateDirectory,
    secrets,
    stop: async () => {
      await stop(program);
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}

/** The example provider, driven through its control API. */
export async function startProvider(): Promise<{ url: string; stop(): Promise<void> }> {
  const program = start('examples/provider/dist/main.js', [], { PORT: '0' });
  const { listening } = await firstJson<{ listening: number }>(program);
  return { url: `http://127.0.0.1:${listening}`, stop: () => stop(program) };
}

/** Creates the provider `acme` on a platform, and tells the example provider its secret. */
export async function introduce(
  provider: { readonly url: string },
  { urls }: Pick<TestPlatform, 'urls'>,
  operatorToken: string,
): Promise<void> {
  const { body } = await request(urls.aggregator)
    .put('/v1/providers/acme')
    .set('authorization', `Bearer ${operatorToken}`)
    .send({})
    .expect(201);
  await request(provider.url)
    .post('/configure')
    .send({ aggregatorUrl: urls.aggregator, provider: 'acme', secret: body.secret })
    .expect(200);
}
