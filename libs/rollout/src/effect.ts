import type { ReleasePlan } from './plan';
import { NO_WEIGHT, type Weights } from './steps/weights';

interface EffectOf<Kind extends string> {
  readonly kind: Kind;
  /** The same for every repetition of this effect, and of no other. */
  readonly key: string;
}

export interface SetWeight extends EffectOf<'set-weight'> {
  readonly weights: Weights;
}

export interface SetFlag extends EffectOf<'set-flag'> {
  readonly flag: string;
  readonly enabled: boolean;
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
  | EffectOf<'run-preview'>
  | SetWeight
  | SetFlag
  | EffectOf<'promote-traffic'>
  | RetireWorkload;

type PlainKind = Exclude<Effect, SetWeight | SetFlag | RetireWorkload>['kind'];

/** `stepIndex` for what several steps may ask for. */
export function effect<Kind extends PlainKind>(
  kind: Kind,
  { releaseId }: ReleasePlan,
  stepIndex?: number,
): EffectOf<Kind> {
  return { kind, key: [releaseId, kind, stepIndex].filter((part) => part !== undefined).join(':') };
}

export function setWeight(plan: ReleasePlan, stepIndex: number, weights: Weights): SetWeight {
  return { kind: 'set-weight', key: `${plan.releaseId}:set-weight:${stepIndex}`, weights };
}

/** Once a release, and nothing follows it. */
export function setWeightToZero(plan: ReleasePlan): SetWeight {
  return { kind: 'set-weight', key: `${plan.releaseId}:set-weight:zero`, weights: NO_WEIGHT };
}

export function setFlag(plan: ReleasePlan, stepIndex: number, flag: string, enabled: boolean): SetFlag {
  return { kind: 'set-flag', key: `${plan.releaseId}:set-flag:${stepIndex}`, flag, enabled };
}

export function retireWorkload(plan: ReleasePlan, version: string): RetireWorkload {
  return { kind: 'retire-workload', key: `${plan.releaseId}:retire-workload:${version}`, version };
}
