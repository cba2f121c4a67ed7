import { join } from 'node:path';
import { freshDatabase, type FreshDatabase } from '@croupier/testing';
import type { Bench, BenchResult } from '../bench';
import { AggregatorUnderTest } from './aggregator-under-test';
import { batchedInsertRate } from './disk-limit';
import { sendLoad, type LoadReport } from './load';
import { median } from '../order-statistics';
import { ServerProgram } from '../server-program';
import { UsualImplementation } from './usual-implementation';

const ROUNDS = 5;
const ROUND_SECONDS = 4;
/** Of each round: whoever had nothing to do meanwhile has given its memory back. */
const WARM_UP_SECONDS = 2;
const DISK_SECONDS = 2;
const PACED_ROUNDS = 3;
const PACED_SECONDS = 5;
/** As many providers and their retries as come at once; each connection has one request under way. */
const CONNECTIONS = 256;
const PATH = '/v1/webhooks/acme';

interface Accepted {
  readonly load: LoadReport;
  /** Until every event of the load was confirmed by RabbitMQ. */
  readonly relayedSeconds: number;
}

/** What each contestant did in its turn; rates are a second. */
interface Round {
  readonly http: number;
  readonly disk: number;
  readonly ours: Accepted;
  readonly usual: number;
}

/** Both at half of our top rate: what the bare server shows there is the machine's own share of our latency. */
interface PacedRound {
  readonly http: LoadReport;
  readonly ours: Accepted;
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
        warmUpSeconds: WARM_UP_SECONDS,
        seconds,
        ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
      });
    for (const [name, port] of [
      ['bare', bare.port],
      ['ours', ours.port],
      ['usual', usual.port],
    ] as const)
      await load(port, `warm-${name}`);

    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await quiet(ours, usual);
      const http = (await load(bare.port, `bare-${round}`)).perSecond;
      const accepted = await countedOnce(ours, () => load(ours.port, `ours-${round}`));
      await quiet(ours, usual);
      const disk = await batchedInsertRate(database.url, DISK_SECONDS);
      rounds.push({
        http,
        disk,
        ours: accepted,
        usual: (await load(usual.port, `usual-${round}`)).perSecond,
      });
    }
    const halfRate = Math.round(median(rounds.map((round) => round.ours.load.perSecond)) / 2);
    const paced: PacedRound[] = [];
    for (let round = 1; round <= PACED_ROUNDS; round += 1) {
      const http = await load(bare.port, `paced-bare-${round}`, PACED_SECONDS, halfRate);
      await quiet(ours, usual);
      const accepted = await countedOnce(ours, () =>
        load(ours.port, `paced-${round}`, PACED_SECONDS, halfRate),
      );
      paced.push({ http, ours: accepted });
    }
    return result(rounds, paced);
  } finally {
    await Promise.allSettled([bare.stop(), usual.stop()]);
    await ours.stop();
  }
}

/**
 * The medians of the rounds. A ratio is that of two contestants within a round: what disturbs the machine for a while
 * hits both of them.
 */
function result(rounds: readonly Round[], paced: readonly PacedRound[]): BenchResult {
  const of = (figure: (round: Round) => number): number => median(rounds.map(figure));
  const pacedOf = (figure: (accepted: Accepted) => number): number =>
    median(paced.map((round) => figure(round.ours)));
  const ours = (round: Round): number => round.ours.load.perSecond;
  return {
    figures: {
      httpLimitPerSecond: of(({ http }) => http),
      diskLimitPerSecond: of(({ disk }) => disk),
      usualPerSecond: of(({ usual }) => usual),
      acceptedPerSecond: of(ours),
      acceptedP50Ms: of((round) => round.ours.load.p50Ms),
      acceptedP99Ms: of((round) => round.ours.load.p99Ms),
      acceptedAndRelayedPerSecond: of(({ ours: { load, relayedSeconds } }) => load.accepted / relayedSeconds),
      pacedPerSecond: pacedOf(({ load }) => load.perSecond),
      pacedP50Ms: pacedOf(({ load }) => load.p50Ms),
      pacedP99Ms: pacedOf(({ load }) => load.p99Ms),
      pacedMaxMs: Math.max(...paced.map((round) => round.ours.load.maxMs)),
      httpPacedP99Ms: median(paced.map(({ http }) => http.p99Ms)),
      httpPacedMaxMs: Math.max(...paced.map(({ http }) => http.maxMs)),
      pacedRelayLagSeconds: pacedOf(({ load, relayedSeconds }) => relayedSeconds - load.seconds),
    },
    ratios: [
      {
        name: 'accepted over the lower limit',
        value: of((round) => ours(round) / Math.min(round.http, round.disk)),
        goal: { atLeast: 0.6 },
      },
      {
        name: 'accepted over the usual way',
        value: of((round) => ours(round) / round.usual),
        goal: { atLeast: 5 },
      },
      {
        name: 'p99 in ms at half the top rate',
        value: pacedOf(({ load }) => load.p99Ms),
        goal: { atMost: 50 },
      },
    ],
  };
}

/** Fails unless every accepted webhook is in the database once, and its event in the queue once at least. */
async function countedOnce(ours: AggregatorUnderTest, load: () => Promise<LoadReport>): Promise<Accepted> {
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
