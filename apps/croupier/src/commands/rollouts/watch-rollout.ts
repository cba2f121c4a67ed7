import { setTimeout as delay } from 'node:timers/promises';
import type { ReleaseAnalysis, ReleaseView, TimelineEntry } from '@croupier/contracts';
import type { CommonOptions } from '../../platform/service-api';
import { EXIT } from '../../program/exit-codes';
import { hasEnded, RolloutApi } from './rollout-api';
import { viewerOf } from './rollout-viewer';

export interface WatchOptions extends CommonOptions {
  /** Seconds. */
  readonly timeout?: string;
}

/** What a look has found. */
export interface Look {
  readonly release: ReleaseView;
  readonly analysis: ReleaseAnalysis;
  /** The timeline so far, and how many of its entries are new. */
  readonly timeline: readonly TimelineEntry[];
  readonly news: readonly TimelineEntry[];
}

const LOOK_EVERY_MS = 500;
/** In a row: a deployer that is being replaced is away for less. */
const MOST_FAILURES = 20;

/** Until the release has ended. The exit code tells how. */
export async function watchRollout(name: string, options: WatchOptions): Promise<void> {
  const deadline = Date.now() + timeoutMsOf(options);
  const api = await RolloutApi.of(options);
  const { id } = await api.find(name);
  const viewer = viewerOf(options);
  let timeline: readonly TimelineEntry[] = [];
  let failures = 0;
  for (;;) {
    try {
      const look = await lookAt(api, id, timeline);
      ({ timeline } = look);
      failures = 0;
      viewer.show(look);
      if (hasEnded(look.release)) {
        viewer.end(look);
        process.exitCode = exitCodeOf(look.release);
        return;
      }
    } catch (error) {
      failures += 1;
      if (failures > MOST_FAILURES) throw error;
      viewer.fail(error as Error);
    }
    if (Date.now() > deadline) {
      viewer.fail(new Error(`It has not ended after ${options.timeout} s.`));
      process.exitCode = EXIT.deadline;
      return;
    }
    await delay(LOOK_EVERY_MS);
  }
}

async function lookAt(api: RolloutApi, id: string, known: readonly TimelineEntry[]): Promise<Look> {
  // The release first: its end is then followed by its last entries, never the other way round.
  const release = await api.one(id);
  const [news, analysis] = await Promise.all([
    api.timeline(id, known.at(-1)?.sequence ?? 0),
    api.analysis(id),
  ]);
  return { release, analysis, timeline: [...known, ...news], news };
}

function exitCodeOf({ status }: ReleaseView): number {
  switch (status) {
    case 'promoted':
      return EXIT.done;
    case 'rolled-back':
      return EXIT.rolledBack;
    default:
      return EXIT.failedBeforeTraffic;
  }
}

function timeoutMsOf({ timeout }: WatchOptions): number {
  if (timeout === undefined) return Infinity;
  if (!/^[1-9]\d{0,6}$/.test(timeout))
    throw new Error(`--timeout has to be a number of seconds, not ${timeout}.`);
  return Number(timeout) * 1000;
}
