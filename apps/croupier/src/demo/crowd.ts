import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ChildProgram } from '../platform/child-program';
import { mainProgram } from '../platform/service-package';
import { GAME, MARKETS, PLAYERS, PROVIDER, REQUESTS_PER_SECOND } from './demo-options';

const SUMMARY_DEADLINE_MS = 30_000;
const STEADY_SECONDS = 3;
const STEADY_DEADLINE_MS = 30_000;
const STEADY_LOOK_MS = 100;
const CALM_P95_MS = 100;

const VersionFigures = z.object({
  launches: z.int(),
  requests: z.int(),
  failed: z.int(),
  slow: z.int(),
  p95Ms: z.number().nullable(),
});
const SecondLine = z.object({ kind: z.literal('second'), byVersion: z.record(z.string(), VersionFigures) });
const SummaryLine = z.object({
  kind: z.literal('summary'),
  requests: z.int(),
  droppedRequests: z.int(),
  droppedSamples: z.array(z.string()),
  sessionsMoved: z.int(),
  sessionsCompleted: z.int(),
  walletMismatches: z.int(),
  byVersion: z.record(z.string(), VersionFigures),
});
export type VersionFigures = z.infer<typeof VersionFigures>;
export type CrowdSummary = z.infer<typeof SummaryLine>;

/** Who plays what, and how much. */
export interface Party {
  readonly game: string;
  readonly players: number;
  /** Requests per second in all. */
  readonly rate: number;
  readonly markets: readonly string[];
}

const EVERYBODY: Party = { game: GAME, players: PLAYERS, rate: REQUESTS_PER_SECOND, markets: MARKETS };

/** The example players: they play at a steady rate and tell each second what they saw. */
export class Crowd {
  private latestSecond: Record<string, VersionFigures> = {};
  private calmSeconds = 0;

  private constructor(
    private readonly program: ChildProgram,
    private readonly rate: number,
  ) {
    program.onLine((line) => {
      const second = SecondLine.safeParse(JSON.parse(line));
      if (second.success) this.noteSecond(second.data.byVersion);
    });
  }

  static start(gatewayUrl: string, who: Party = EVERYBODY): Crowd {
    const { game, players, rate } = who;
    const options = {
      ...{ gateway: gatewayUrl, provider: PROVIDER, game, players, rate },
      markets: who.markets.join(','),
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return new Crowd(ChildProgram.start('players', mainProgram('@croupier/example-players'), args, {}), rate);
  }

  /** Everybody sitting down at once is no measure of a version: resolves once the load has been steady for a while. */
  async untilSteady(): Promise<void> {
    const deadline = Date.now() + STEADY_DEADLINE_MS;
    while (this.calmSeconds < STEADY_SECONDS && Date.now() < deadline) await delay(STEADY_LOOK_MS);
  }

  /** What was seen of a version in the last second. */
  seen(version: string): VersionFigures | undefined {
    return this.latestSecond[version];
  }

  /** Sessions end where they are, and the players tell all they saw. */
  async finish(): Promise<CrowdSummary> {
    const summary = this.program.line(
      (line) => SummaryLine.safeParse(JSON.parse(line)).data,
      SUMMARY_DEADLINE_MS,
    );
    this.program.terminate();
    return summary;
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }

  private noteSecond(byVersion: Record<string, VersionFigures>): void {
    this.latestSecond = byVersion;
    const figures = Object.values(byVersion);
    const requests = figures.reduce((sum, version) => sum + version.requests, 0);
    const quick = figures.every(({ p95Ms }) => (p95Ms ?? 0) < CALM_P95_MS);
    this.calmSeconds = quick && requests > this.rate / 2 ? this.calmSeconds + 1 : 0;
  }
}
