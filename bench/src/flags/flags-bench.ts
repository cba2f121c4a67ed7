import { eventually } from '@croupier/testing';
import type { Bench, BenchResult } from '../bench';
import { benchFlags, MARKETS } from './bench-flags';
import { FlagsUnderTest } from './flags-under-test';
import { getRequest, load } from './load';
import { streamChanges } from './streams';
import { UnleashUnderTest } from './unleash-under-test';

interface Plan {
  readonly flags: number;
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmUpSeconds: number;
  readonly streams: number;
  readonly changes: number;
}

const FULL: Plan = {
  flags: 1_000,
  rounds: 3,
  roundSeconds: 4,
  warmUpSeconds: 2,
  streams: 2_000,
  changes: 10,
};
const SMOKE: Plan = { flags: 50, rounds: 1, roundSeconds: 1, warmUpSeconds: 0.5, streams: 50, changes: 2 };

const CONNECTIONS = 16;
/** Players who ask, each with a context of its own. */
const PLAYERS = 500;

interface Server {
  readonly port: number;
  readonly clientToken: string;
  readonly frontendToken: string;
}

/** The two questions that SDKs ask all day, put to us and to Unleash's own server, and how fast a change is told. */
export const flagsBench: Bench = {
  name: 'flags',
  description: "frontend evaluations and 304s a second beside Unleash's own server; a change told by stream",
  async run({ smoke }): Promise<BenchResult> {
    const plan = smoke ? SMOKE : FULL;
    const ours = await FlagsUnderTest.start();
    try {
      const unleash = await UnleashUnderTest.start();
      try {
        const flags = benchFlags(plan.flags);
        await ours.fill(flags);
        await unleash.fill(flags);
        return await measure(plan, ours, unleash);
      } finally {
        await unleash.stop();
      }
    } finally {
      await ours.stop();
    }
  },
};

async function measure(plan: Plan, ours: FlagsUnderTest, unleash: UnleashUnderTest): Promise<BenchResult> {
  // Unleash takes a while to see what was imported.
  await eventually(() => sameAnswers(ours, unleash), { timeoutMs: 60_000, intervalMs: 500 });
  const rates = { ours: { frontend: 0, notModified: 0 }, unleash: { frontend: 0, notModified: 0 } };
  for (let round = 0; round <= plan.rounds; round += 1)
    for (const [name, server] of [
      ['ours', ours],
      ['unleash', unleash],
    ] as const) {
      const seconds = round === 0 ? plan.warmUpSeconds : plan.roundSeconds;
      const frontend = await askFrontend(server, seconds);
      const notModified = await askAgain(server, seconds);
      if (round === 0) continue;
      // The best of each: what disturbs a round is not the server's.
      rates[name].frontend = Math.max(rates[name].frontend, frontend);
      rates[name].notModified = Math.max(rates[name].notModified, notModified);
    }
  const delta = await fetch(`http://127.0.0.1:${ours.port}/api/client/delta`, {
    headers: { authorization: ours.clientToken },
  });
  await delta.arrayBuffer();
  const told = await streamChanges({
    port: ours.port,
    token: ours.clientToken,
    streams: plan.streams,
    lastEventId: (delta.headers.get('etag') ?? '').replaceAll('"', ''),
    changes: Array.from({ length: plan.changes }, (_, index) => `pulse-${index}`),
    operatorToken: ours.operatorToken,
  });
  return {
    figures: {
      flags: plan.flags,
      frontendPerSecond: rates.ours.frontend,
      unleashFrontendPerSecond: rates.unleash.frontend,
      notModifiedPerSecond: rates.ours.notModified,
      unleashNotModifiedPerSecond: rates.unleash.notModified,
      streams: plan.streams,
      streamP50Ms: told.p50Ms,
      streamP99Ms: told.p99Ms,
      streamMaxMs: told.maxMs,
    },
    ratios: [
      {
        name: 'frontend: ours / Unleash',
        value: rates.ours.frontend / rates.unleash.frontend,
        goal: { atLeast: 3 },
      },
      {
        name: '304: ours / Unleash',
        value: rates.ours.notModified / rates.unleash.notModified,
        goal: { atLeast: 3 },
      },
      { name: 'a change told by stream, p99 ms', value: told.p99Ms, goal: { atMost: 1_000 } },
      { name: 'streams told of a change', value: told.told, goal: { atLeast: 1 } },
    ],
  };
}

function playerQuery(player: number): string {
  return `?userId=player-${player}&properties[market]=${MARKETS[player % MARKETS.length]!}&appName=slots`;
}

function askFrontend({ port, frontendToken }: Server, seconds: number): Promise<number> {
  const requests = Array.from({ length: PLAYERS }, (_, player) =>
    getRequest(`/api/frontend${playerQuery(player)}`, { authorization: frontendToken }),
  );
  return load({ port, connections: CONNECTIONS, seconds, requests }, 200);
}

async function askAgain({ port, clientToken }: Server, seconds: number): Promise<number> {
  const headers = { authorization: clientToken, 'unleash-client-spec': '5.2.0' };
  const first = await fetch(`http://127.0.0.1:${port}/api/client/features`, { headers });
  await first.arrayBuffer();
  const request = getRequest('/api/client/features', {
    ...headers,
    'if-none-match': first.headers.get('etag') ?? '',
  });
  return load({ port, connections: CONNECTIONS, seconds, requests: [request] }, 304);
}

/** To be faster with another answer is no feat. */
async function sameAnswers(...servers: readonly Server[]): Promise<true> {
  for (let player = 0; player < 20; player += 1) {
    const answers = await Promise.all(
      servers.map(async ({ port, frontendToken }) => {
        const answer = await fetch(
          `http://127.0.0.1:${port}/api/frontend${playerQuery(player)}&sessionId=s`,
          {
            headers: { authorization: frontendToken },
          },
        );
        const { toggles } = (await answer.json()) as {
          toggles: { name: string; variant: { name: string } }[];
        };
        return toggles
          .map(({ name, variant }) => `${name}=${variant.name}`)
          .sort()
          .join();
      }),
    );
    if (new Set(answers).size > 1 || answers[0] === '')
      throw new Error(`player-${player} is answered differently: ${answers.join(' and ')}`);
  }
  return true;
}
