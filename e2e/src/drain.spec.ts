import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { freePort } from '@croupier/persistence';
import { eventually, freshDatabase, freshNamespace, rabbit, type FreshDatabase } from '@croupier/testing';
import { RabbitBus } from '@croupier/messaging';
import { start } from './program';
import { runToEnd } from './run-to-end';

const DRAIN_MS = 3_000;
const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };

describe('a service that is told to end', () => {
  const namespace = freshNamespace();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let database: FreshDatabase;
  let amqpUrl: string;

  beforeAll(async () => {
    database = await freshDatabase();
    amqpUrl = (await rabbit()).url;
  });

  afterAll(async () => {
    agent.destroy();
    await database.drop();
    await RabbitBus.deleteNamespace(amqpUrl, namespace);
  });

  const ask = async (url: string): Promise<IncomingMessage> => {
    const [answer] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return answer;
  };

  it('is not ready first, tells clients to close their connections, and drops no request', async () => {
    const schemas = await runToEnd(process.execPath, ['apps/croupier/dist/main.js', 'schemas'], {
      DATABASE_URL: database.url,
    });
    expect(schemas).toContain('aggregator: up to date\n');

    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const service = start('apps/aggregator/dist/main.js', [], {
      DATABASE_URL: database.url,
      AMQP_URL: amqpUrl,
      NAMESPACE: namespace,
      PORT: String(port),
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN: 'an-operator-token-of-the-test',
      SERVICE_TOKEN: 'a-service-token-of-the-test',
      SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
      SHUTDOWN_DRAIN_MS: String(DRAIN_MS),
    });
    service.stdout!.resume();
    service.stderr!.resume();
    const ended = once(service, 'exit');
    await eventually(() => fetch(`${url}/health/ready`).then(({ ok }) => ok), PATIENCE);

    // As a balancer: sends requests while the service is ready, and looks whether it is after each of them.
    const before = await ask(`${url}/health/live`);
    expect(before.headers.connection).not.toBe('close');
    service.kill('SIGTERM');
    let answered = 0;
    for (let ready = true; ready; answered += 1) {
      expect((await ask(`${url}/health/live`)).statusCode).toBe(200);
      ready = (await ask(`${url}/health/ready`)).statusCode === 200;
    }
    expect(answered).toBeGreaterThan(0);
    const during = await ask(`${url}/health/live`);
    expect(during.statusCode).toBe(200);
    expect(during.headers.connection).toBe('close');
    expect(await ended).toEqual([0, null]);
  });
});
