import type { ReleasePlan } from './plan';

interface EffectOf<Kind extends string> {
  readonly kind: Kind;
  /** The same for every repetition of this effect, and of no other. */
  readonly key: string;
}

export interface SetWeight extends EffectOf<'set-weight'> {
  readonly weightPercent: number;
}

export interface RetireWorkload extends EffectOf<'retire-workload'> {
  readonly version: string;
}

/** What the caller makes happen, at least once each and in the order given. */
export type Effect =
  | EffectOf<'deploy-staging'>
  | EffectOf<'run-tests'>
  | EffectOf<'stop-staging'>
  | EffectOf<'request-migration'>
  | EffectOf<'deploy-production'>
  | SetWeight
  | EffectOf<'promote-traffic'>
  | RetireWorkload;

type PlainKind = Exclude<Effect, SetWeight | RetireWorkload>['kind'];

export function effect<Kind extends PlainKind>(kind: Kind, plan: ReleasePlan): EffectOf<Kind> {
  return { kind, key: `${plan.releaseId}:${kind}` };
}

/** Weights only rise until they fall to 0 for good, so a weight names its effect. */
export function setWeight(plan: ReleasePlan, weightPercent: number): SetWeight {
  return { kind: 'set-weight', key: `${plan.releaseId}:set-weight:${weightPercent}`, weightPercent };
}

export function retireWorkload(plan: ReleasePlan, version: string): RetireWorkload {
  return { kind: 'retire-workload', key: `${plan.releaseId}:retire-workload:${version}`, version };
}
