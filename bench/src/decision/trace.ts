import { seeded } from './random';
import { WINDOWS_PER_MINUTE, type CountSampler, type Traffic } from './traffic';

/** One version's counts over some time. */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

/** Running totals of one version; entry 0 is nothing. */
class Totals {
  private readonly requests = [0];
  private readonly errors = [0];
  private readonly slow = [0];

  get length(): number {
    return this.requests.length - 1;
  }

  draw(sampler: CountSampler, uniform: () => number): void {
    const last = this.length;
    const errors = sampler.errors(uniform);
    const slow = sampler.slow(uniform);
    const fine = sampler.fine(uniform);
    this.errors.push(this.errors[last]! + errors);
    this.slow.push(this.slow[last]! + slow);
    this.requests.push(this.requests[last]! + errors + slow + fine);
  }

  between(from: number, to: number): Counts {
    return {
      requests: this.requests[to]! - this.requests[from]!,
      errors: this.errors[to]! - this.errors[from]!,
      slow: this.slow[to]! - this.slow[from]!,
    };
  }
}

/**
 * What happens to one rollout: drawn only as far as somebody looks, and the same for everybody who looks. Time is in
 * telemetry windows since the canary's first request could come.
 */
export class Trace {
  private readonly canaryTotals = new Totals();
  private readonly stableTotals = new Totals();
  private readonly baselineTotals = new Totals();
  private readonly uniform: () => number;
  private readonly baselineUniform: () => number;

  constructor(
    private readonly traffic: Traffic,
    seed: number,
  ) {
    this.uniform = seeded(seed, 1);
    this.baselineUniform = seeded(seed, 2);
  }

  canary(fromWindow: number, toWindow: number): Counts {
    this.drawTo(toWindow);
    return this.canaryTotals.between(fromWindow, toWindow);
  }

  stable(fromWindow: number, toWindow: number): Counts {
    this.drawTo(toWindow);
    return this.stableTotals.between(fromWindow, toWindow);
  }

  canaryMinute(minute: number): Counts {
    return this.canary(minute * WINDOWS_PER_MINUTE, (minute + 1) * WINDOWS_PER_MINUTE);
  }

  /** What a second deployment of the stable version would have answered, on as much traffic as the canary has. */
  baselineMinute(minute: number): Counts {
    while (this.baselineTotals.length <= minute) {
      const { baselineMinute } = this.phaseAt(this.baselineTotals.length * WINDOWS_PER_MINUTE);
      this.baselineTotals.draw(baselineMinute, this.baselineUniform);
    }
    return this.baselineTotals.between(minute, minute + 1);
  }

  private drawTo(window: number): void {
    while (this.canaryTotals.length < window) {
      const { canaryWindow, stableWindow } = this.phaseAt(this.canaryTotals.length);
      this.canaryTotals.draw(canaryWindow, this.uniform);
      this.stableTotals.draw(stableWindow, this.uniform);
    }
  }

  private phaseAt(window: number): Traffic[number] {
    let phase = this.traffic.length - 1;
    while (phase > 0 && this.traffic[phase]!.fromWindow > window) phase -= 1;
    return this.traffic[phase]!;
  }
}
