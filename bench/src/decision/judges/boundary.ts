import type { Tally } from '@croupier/analysis';

/**
 * A test on one Bernoulli stream as a table: for each number of trials the number of failures at which its evidence
 * passes a threshold. A stream then needs a look-up a window, and the test itself is asked once for each n.
 */
export class Boundary {
  private readonly failures: number[] = [];

  /**
   * @param isBeyond whether a tally with this many failures is beyond the boundary; true from some number on, which does
   * not fall as trials grow
   */
  constructor(private readonly isBeyond: (tally: Tally) => boolean) {}

  /** The fewest failures in `trials` that are beyond; trials + 1 when none are. */
  at(trials: number): number {
    while (this.failures.length <= trials) this.extend();
    return this.failures[trials]!;
  }

  private extend(): void {
    const trials = this.failures.length;
    let failures = trials === 0 ? 0 : Math.min(this.failures[trials - 1]!, trials);
    while (failures <= trials && !this.isBeyond({ trials, failures })) failures += 1;
    this.failures.push(failures);
  }
}
