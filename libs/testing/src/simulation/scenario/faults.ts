import type { Random } from '../clockwork/random';
import type { Schedule } from '../clockwork/schedule';

/** How badly things go. Probabilities are per call, delivery or window; `Every` are mean times between, per replica or gateway. */
export interface Faults {
  readonly crashEveryMs: number;
  readonly pauseEveryMs: number;
  /** A call to a store or target that is refused, done but not answered, or answered much later. */
  readonly badCall: number;
  readonly badDelivery: number;
  readonly badEffect: number;
  /** A post of telemetry that fails, comes twice or late. */
  readonly badPost: number;
  readonly restartEveryMs: number;
  readonly silenceEveryMs: number;
}

export const CALM: Faults = {
  crashEveryMs: Infinity,
  pauseEveryMs: Infinity,
  badCall: 0,
  badDelivery: 0,
  badEffect: 0,
  badPost: 0,
  restartEveryMs: Infinity,
  silenceEveryMs: Infinity,
};

const ROUGH: Faults = {
  crashEveryMs: 8_000,
  pauseEveryMs: 9_000,
  badCall: 0.025,
  badDelivery: 0.2,
  badEffect: 0.25,
  badPost: 0.15,
  restartEveryMs: 20_000,
  silenceEveryMs: 12_000,
};

/** Some runs have no faults at all, most have some, a few hardly anything else. */
export function drawFaults(random: Random): Faults {
  const level = random.pick([0, 0.3, 0.7, 1, 1, 1.5, 2]);
  if (level === 0) return CALM;
  // A run may leave out whole kinds, so that the others are seen alone.
  const levelOfKind = (): number => (random.chance(0.25) ? 0 : level);
  const every = (meanMs: number): number => meanMs / levelOfKind();
  const likely = (probability: number): number => Math.min(0.6, probability * levelOfKind());
  return {
    crashEveryMs: every(ROUGH.crashEveryMs),
    pauseEveryMs: every(ROUGH.pauseEveryMs),
    badCall: likely(ROUGH.badCall),
    badDelivery: likely(ROUGH.badDelivery),
    badEffect: likely(ROUGH.badEffect),
    badPost: likely(ROUGH.badPost),
    restartEveryMs: every(ROUGH.restartEveryMs),
    silenceEveryMs: every(ROUGH.silenceEveryMs),
  };
}

/** The faults of this moment: none once they have ended. */
export class Weather {
  constructor(
    private readonly time: Schedule,
    private readonly drawn: Faults,
    /** Epoch milliseconds. */
    readonly clearsAt: number,
  ) {}

  get isClear(): boolean {
    return this.time.now >= this.clearsAt;
  }

  get now(): Faults {
    return this.isClear ? CALM : this.drawn;
  }
}
