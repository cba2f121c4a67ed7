import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freshNamespace, rabbit } from '@croupier/testing';
import { RabbitBus } from '@croupier/messaging';
import { freePort } from '@croupier/persistence';
import { ServerProgram } from '../server-program';

export interface ConsoleUnderTest {
  readonly url: string;
  stop(): Promise<void>;
}

/** The console as it runs in production, without the services behind it: the page does not wait for them. */
export async function startConsole(databaseUrl: string): Promise<ConsoleUnderTest> {
  const { resolve } = createRequire(__filename);
  const main = join(dirname(resolve('@croupier/console/package.json')), 'dist', 'main.js');
  const { url: amqpUrl } = await rabbit();
  const namespace = freshNamespace();
  const port = await freePort();
  const token = (): string => randomBytes(24).toString('base64url');
  const program = await ServerProgram.start(
    main,
    {
      DATABASE_URL: databaseUrl,
      AMQP_URL: amqpUrl,
      NAMESPACE: namespace,
      PORT: String(port),
      LOG_LEVEL: 'error',
      OPERATOR_TOKEN: token(),
      SERVICE_TOKEN: token(),
    },
    { port, path: '/health/live' },
  );
  return {
    url: program.url,
    stop: async () => {
      await program.stop();
      await RabbitBus.deleteNamespace(amqpUrl, namespace);
    },
  };
}
