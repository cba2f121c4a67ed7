import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { addFigures, noFigures } from '../figures';
import type { SeedRange, SeedReport, SeedViolation } from './seeds';

/** Small enough that all threads end at about the same time. */
const SEEDS_A_TURN = 20;

export interface SweepOptions {
  readonly threads: number;
  /** Whether to go on once there is a violation. */
  readonly toTheEnd: boolean;
}

/** Simulates the seeds, in their order, on so many threads. */
export async function sweep(range: SeedRange, { threads, toTheEnd }: SweepOptions): Promise<SeedReport> {
  const turns = turnsOf(range);
  const figures = noFigures();
  const violations: SeedViolation[] = [];
  const work = async (): Promise<void> => {
    const worker = new Worker(join(__dirname, 'seed-worker.js'));
    try {
      for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
        const report = await ask(worker, turn);
        addFigures(figures, report.figures);
        violations.push(...report.violations);
        if (violations.length > 0 && !toTheEnd) turns.length = 0;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return { figures, violations: violations.sort((one, other) => one.seed - other.seed) };
}

function turnsOf({ from, count, bug }: SeedRange): SeedRange[] {
  const turns: SeedRange[] = [];
  for (let done = 0; done < count; done += SEEDS_A_TURN)
    turns.push({ from: from + done, count: Math.min(SEEDS_A_TURN, count - done), bug });
  return turns;
}

async function ask(worker: Worker, turn: SeedRange): Promise<SeedReport> {
  worker.postMessage(turn);
  const [report] = (await once(worker, 'message')) as [SeedReport];
  return report;
}
