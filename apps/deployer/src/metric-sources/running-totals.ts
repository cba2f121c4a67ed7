/** Running totals of one version, as Prometheus answers them. They only grow, but for restarts of what counts. */
export interface Totals {
  readonly trials: number;
  readonly failures: number;
}

/** A running total as last seen. */
interface Seen {
  readonly total: number;
  /** What it has grown by and nobody has counted yet: a fraction, or failures ahead of their trials. */
  readonly rest: number;
}

/** How far one version is counted. Plain JSON. */
export interface Account {
  readonly trials: Seen;
  readonly failures: Seen;
}

/** Whole numbers; never more failures than trials. */
export interface Counted {
  readonly trials: number;
  readonly failures: number;
}

export const NOTHING: Counted = { trials: 0, failures: 0 };

/**
 * A total that falls below this share of itself began again at 0. One that falls less is a sum that has lost a part: a
 * process was scaled down, or one of several was restarted. What is left of it has been counted before.
 */
const RESTART_SHARE = 1 / 10;

/**
 * Goes on counting from an account: what is counted, summed over all looks, is what the totals have grown by, rounded
 * down. The first look counts nothing: it says where counting begins.
 */
export function advance(
  before: Account | null,
  totals: Totals,
): { readonly account: Account; readonly counted: Counted } {
  if (before === null) {
    const begin = (total: number): Seen => ({ total, rest: 0 });
    return {
      account: { trials: begin(totals.trials), failures: begin(totals.failures) },
      counted: NOTHING,
    };
  }
  const trials = grown(before.trials, totals.trials);
  const failures = grown(before.failures, totals.failures);
  const wholeTrials = Math.floor(trials.rest);
  // Two queries may see scrapes of different age. A failure whose trial is not there yet waits for it.
  const wholeFailures = Math.min(Math.floor(failures.rest), wholeTrials);
  return {
    account: { trials: less(trials, wholeTrials), failures: less(failures, wholeFailures) },
    counted: { trials: wholeTrials, failures: wholeFailures },
  };
}

function grown({ total, rest }: Seen, now: number): Seen {
  if (now >= total) return { total: now, rest: rest + (now - total) };
  // Nothing to count, and perhaps only nothing to be seen for a while: it may come back as it was.
  if (now === 0) return { total, rest };
  // As Prometheus itself takes it: a counter that is lower than before has counted all of it anew.
  if (now < total * RESTART_SHARE) return { total: now, rest: rest + now };
  return { total: now, rest };
}

function less({ total, rest }: Seen, counted: number): Seen {
  return { total, rest: rest - counted };
}
