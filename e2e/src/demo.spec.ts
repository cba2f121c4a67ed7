import { postgres, rabbit, redis } from '@croupier/testing';
import { finished, start } from './program';

const DEMO_DEADLINE_MS = 480_000;

const TOLD = { slackThreads: 1, slackMessages: 2, pagerDuty: ['trigger', 'resolve'] };

const EXPECTED = {
  ok: true,
  accepted: 4,
  promoted: ['1.1.0'],
  rolledBack: ['1.2.0', '1.3.0'],
  sessionsMoved: 0,
  droppedRequests: 0,
  walletMismatches: 0,
  timelinesVerified: true,
  stable: '1.1.0',
  markets: { launches: { SE: 0 }, dealt: { MT: '1.1.0', SE: '1.0.0' }, asCertified: true },
  alerts: { '1.2.0': TOLD, '1.3.0': TOLD },
};

async function demo(args: readonly string[], variables: NodeJS.ProcessEnv) {
  const program = await finished(start('apps/croupier/dist/main.js', ['demo', '--json', ...args], variables));
  if (program.code !== 0)
    throw new Error(`The demo ended with ${program.code}:\n${program.errors}\n${program.lastLine}`);
  return JSON.parse(program.lastLine) as typeof EXPECTED;
}

interface Installation {
  readonly on: string;
  readonly args: readonly string[];
  readonly variables: () => Promise<NodeJS.ProcessEnv>;
}

const EMBEDDED: Installation = {
  on: 'the embedded default',
  args: [],
  variables: async () => ({ DATABASE_URL: '', AMQP_URL: '', REDIS_URL: '' }),
};
const REAL: Installation = {
  on: 'PostgreSQL, RabbitMQ and Redis, with one process a service',
  args: ['--real'],
  variables: async () => ({
    DATABASE_URL: (await postgres()).url,
    AMQP_URL: (await rabbit()).url,
    REDIS_URL: (await redis()).url,
  }),
};

describe('the demo', () => {
  // The other one takes two minutes more for what an upgrade, replicas and the console are tested on, too.
  it.each(process.env['DEMO_REAL'] === undefined ? [EMBEDDED] : [EMBEDDED, REAL])(
    'promotes the good version and rolls the others back, on $on',
    async ({ args, variables }) => {
      expect(await demo(args, await variables())).toMatchObject(EXPECTED);
    },
    DEMO_DEADLINE_MS,
  );
});
