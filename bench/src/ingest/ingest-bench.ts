import { join } from 'node:path';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { Bench, BenchResult } from '../bench';
import { AggregatorUnderTest } from './aggregator-under-test';
import { batchedInsertRate } from './disk-limit';
import { sendLoad, type LoadReport } from './load';
import { ServerProgram } from '../server-program';
import { UsualImplementation } from './usual-implementation';

const ROUNDS = 3;
const ROUND_SECONDS = 4;
const WARM_UP_SECONDS = 3;
const PACED_SECONDS = 10;
/** As many providers and their retries as come at once; each connection has one request under way. */
const CONNECTIONS = 256;
const PATH = '/v1/webhooks/acme';

interface Round {
  readonly load: LoadReport;
  /** Until every event of the round was confirmed by RabbitMQ. */
  readonly relayedSeconds: number;
}

/** Accepting webhooks for good, beside what the network and the disk allow alone, and the usual way to build it. */
export const ingestBench: Bench = {
  name: 'ingest',
  description: 'webhooks accepted a second, each committed before its 202 and relayed to RabbitMQ',
  async run(): Promise<BenchResult> {
    const database = await freshDatabase();
    try {
      return await measure(database);
    } finally {
      await database.drop();
    }
  },
};

async function measure(database: FreshDatabase): Promise<BenchResult> {
  const ours = await AggregatorUnderTest.start(database.url);
  const { keyBase64, amqp } = ours;
  const bare = await ServerProgram.start(join(__dirname, 'bare-fastify.js'), { KEY: keyBase64 });
  const usual = await UsualImplementation.start({ databaseUrl: database.url, amqp, keyBase64 });
  try {
    const load = (port: number, run: string, seconds = ROUND_SECONDS, ratePerSecond?: number) =>
      sendLoad({
        port,
        path: PATH,
        keyBase64,
        run,
        connections: CONNECTIONS,
        seconds,
        ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      });
    for (const [name, port] of [
      ['bare', bare.port],
      ['ours', ours.port],
      ['usual', usual.port],
    ] as const)
      await load(port, `warm-${name}`, WARM_UP_SECONDS);

    // The best of several rounds, which take turns, so that a disturbance of the machine hits all of them alike.
    const http: LoadReport[] = [];
    const disk: number[] = [];
    const accepted: Round[] = [];
    const usually: LoadReport[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await quiet(ours, usual);
      http.push(await load(bare.port, `bare-${round}`));
      disk.push(await batchedInsertRate(database.url, ROUND_SECONDS));
      accepted.push(await countedOnce(ours, () => load(ours.port, `ours-${round}`)));
      await quiet(ours, usual);
      usually.push(await load(usual.port, `usual-${round}`));
    }
    const best = accepted.reduce((a, b) => (rateOf(a.load) > rateOf(b.load) ? a : b));
    const topRate = rateOf(best.load);
    await quiet(ours, usual);
    const paced = await countedOnce(ours, () =>
      load(ours.port, 'paced', PACED_SECONDS, Math.round(topRate / 2)),
    );
    return result({
      httpLimit: Math.max(...http.map(rateOf)),
      diskLimit: Math.max(...disk),
      usualRate: Math.max(...usually.map(rateOf)),
      best,
      paced,
      relayedRate: Math.max(...accepted.map((round) => round.load.accepted / round.relayedSeconds)),
    });
  } finally {
    await Promise.allSettled([bare.stop(), usual.stop()]);
    await ours.stop();
  }
}

function result(measured: {
  httpLimit: number;
  diskLimit: number;
  usualRate: number;
  best: Round;
  paced: Round;
  relayedRate: number;
}): BenchResult {
  const { httpLimit, diskLimit, usualRate, best, paced, relayedRate } = measured;
  const topRate = rateOf(best.load);
  return {
    figures: {
      httpLimitPerSecond: httpLimit,
      diskLimitPerSecond: diskLimit,
      usualPerSecond: usualRate,
      acceptedPerSecond: topRate,
      acceptedP50Ms: best.load.p50Ms,
      acceptedP99Ms: best.load.p99Ms,
      acceptedAndRelayedPerSecond: relayedRate,
      pacedPerSecond: rateOf(paced.load),
      pacedP50Ms: paced.load.p50Ms,
      pacedP99Ms: paced.load.p99Ms,
      pacedMaxMs: paced.load.maxMs,
      pacedRelayLagSeconds: paced.relayedSeconds - paced.load.seconds,
    },
    ratios: [
      {
        name: 'accepted over the lower limit',
        value: topRate / Math.min(httpLimit, diskLimit),
        goal: { atLeast: 0.6 },
      },
      { name: 'accepted over the usual way', value: topRate / usualRate, goal: { atLeast: 5 } },
      { name: 'p99 in ms at half the top rate', value: paced.load.p99Ms, goal: { atMost: 50 } },
    ],
  };
}

/** Fails unless every accepted webhook is in the database once, and its event in the queue once at least. */
async function countedOnce(ours: AggregatorUnderTest, load: () => Promise<LoadReport>): Promise<Round> {
  const before = await ours.stored();
  const startedAt = performance.now();
  const report = await load();
  const generatedMs = performance.now() - startedAt;
  const queued = await ours.relayed();
  const drainSeconds = (performance.now() - startedAt - generatedMs) / 1000;
  const stored = (await ours.stored()) - before;
  if (stored !== report.accepted || queued < report.accepted)
    throw new Error(`Accepted ${report.accepted}, stored ${stored}, published ${queued}`);
  return { load: report, relayedSeconds: report.seconds + drainSeconds };
}

/** Nothing of the round before is still under way. */
async function quiet(ours: AggregatorUnderTest, usual: UsualImplementation): Promise<void> {
  await ours.relayed();
  await ours.emptyQueue();
  await usual.emptyQueue();
}

function rateOf({ accepted, seconds }: LoadReport): number {
  return accepted / seconds;
}
