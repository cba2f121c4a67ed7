import { freshDatabase } from '@croupier/testing';
import type { Bench, BenchResult } from '../bench';
import { firstPaints, startBrowser } from './first-paints';
import { startConsole } from './console-under-test';

const LOADS = 15;
const SMOKE_LOADS = 2;
const FIRST_PAINT_GOAL_MS = 1_000;
const SCRIPT_GOAL_BYTES = 250_000;

/** What an operator waits for: the page from its own server, in a browser that has never seen it. */
export const consoleBench: Bench = {
  name: 'console',
  description:
    'first contentful paint of the page without a cache, the slowest of all loads; its scripts gzipped',
  async run({ smoke }): Promise<BenchResult> {
    const database = await freshDatabase();
    const console = await startConsole(database.url);
    const browser = await startBrowser();
    try {
      const loads = await firstPaints(browser, console.url, smoke ? SMOKE_LOADS : LOADS);
      const paints = loads.map(({ paintMs }) => paintMs).sort((a, b) => a - b);
      const slowestMs = paints.at(-1) ?? NaN;
      const scriptBytes = Math.max(...loads.map((load) => load.scriptBytes));
      return {
        figures: {
          loads: loads.length,
          firstPaintMedianMs: paints[Math.floor(paints.length / 2)] ?? NaN,
          firstPaintSlowestMs: slowestMs,
          scriptGzippedBytes: scriptBytes,
        },
        ratios: [
          {
            name: 'slowest first paint over 1,000 ms',
            value: slowestMs / FIRST_PAINT_GOAL_MS,
            goal: { atMost: 1 },
          },
          {
            name: 'gzipped scripts over 250 kB',
            value: scriptBytes / SCRIPT_GOAL_BYTES,
            goal: { atMost: 1 },
          },
        ],
      };
    } finally {
      await browser.close();
      await console.stop();
      await database.drop();
    }
  },
};
