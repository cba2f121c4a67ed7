import * as fc from 'fast-check';
import type { RolloutEvent } from '../src/event';
import type { Effect } from '../src/effect';
import type { RolloutInput } from '../src/input';
import type { RolloutState } from '../src/state';
import { ReleaseDriver } from './release-driver';
import { inputAt, live, runs } from './release-runs';

const RUNS = { numRuns: 1_000 };

/** As `expect`, at a hundredth of its cost: it is asked after every turn. */
export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

export interface Turn {
  readonly before: RolloutState;
  readonly after: RolloutState;
  readonly input: RolloutInput;
  readonly events: readonly RolloutEvent[];
  readonly effects: readonly Effect[];
}

/** Checks a statement over every turn of every run. */
export function always(holds: (turn: Turn, release: ReleaseDriver) => void): void {
  fc.assert(
    fc.property(runs, ({ plan, moments }) => {
      const release = new ReleaseDriver(plan);
      for (const moment of moments) {
        const before = release.state;
        const input = inputAt(moment, before);
        const { events, effects } = release.pass(moment.afterMs).decide(input);
        holds({ before, after: release.state, input, events, effects }, release);
      }
    }),
    RUNS,
  );
}

/** Checks a statement over every run as a whole. */
export function eventually(holds: (release: ReleaseDriver) => void): void {
  fc.assert(
    fc.property(runs, ({ plan, moments }) => holds(live(new ReleaseDriver(plan), moments))),
    RUNS,
  );
}
