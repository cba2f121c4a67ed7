import { freshDatabase } from '@croupier/testing';
import type { Bench, BenchResult } from '../bench';
import { median } from '../order-statistics';
import { ServiceProgram } from '../service-program';
import { firstPaints, startBrowser } from './first-paints';

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
    // Without the services behind it: the page does not wait for them.
    const variables = { LOG_LEVEL: 'error' };
    const console = await ServiceProgram.start('console', database.url, variables, { path: '/health/live' });
    const browser = await startBrowser();
    try {
      const loads = await firstPaints(browser, console.program.url, smoke ? SMOKE_LOADS : LOADS);
      const paints = loads.map(({ paintMs }) => paintMs);
      const slowestMs = Math.max(...paints);
      const scriptBytes = Math.max(...loads.map((load) => load.scriptBytes));
      return {
        figures: {
          loads: loads.length,
          firstPaintMedianMs: median(paints),
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
