import type { Trace } from './trace';

/** How a rollout ended, in telemetry windows since its start. */
export interface Decision {
  readonly kind: 'rolled-back' | 'promoted' | 'undecided';
  readonly window: number;
}

/** What decides about rollouts. It sees the past of a trace alone. */
export interface Judge {
  readonly name: string;
  decide(trace: Trace): Decision;
}
