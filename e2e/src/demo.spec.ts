import { postgres, rabbit, redis } from '@croupier/testing';
import { finished, start } from './program';

const DEMO_DEADLINE_MS = 280_000;

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

describe('the demo', () => {
  it(
    'promotes the good version and rolls the others back, on the embedded default',
    async () => {
      const nothingReal = { DATABASE_URL: '', AMQP_URL: '', REDIS_URL: '' };
      expect(await demo([], nothingReal)).toMatchObject(EXPECTED);
    },
    DEMO_DEADLINE_MS,
  );

  it(
    'does the same on PostgreSQL, RabbitMQ and Redis, with one process a service',
    async () => {
      const real = {
        DATABASE_URL: (await postgres()).url,
        AMQP_URL: (await rabbit()).url,
        REDIS_URL: (await redis()).url,
      };
      expect(await demo(['--real'], real)).toMatchObject(EXPECTED);
    },
    DEMO_DEADLINE_MS,
  );
});
