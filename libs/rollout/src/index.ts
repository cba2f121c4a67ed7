export { decide } from './decide';
export type { Decision } from './decision';
export type { Effect } from './effect';
export type { RolloutEvent, RolloutEventOf } from './event';
export { evolve, replay } from './evolve';
export { HistoryFault } from './history-fault';
export type { CommandName, Freeze, RolloutInput, Unmet } from './input';
export { judgedVersion, type ReleasePlan } from './plan';
export { queueRelease } from './queue-release';
export { reasonOf } from './reason';
export {
  currentStep,
  currentWeight,
  draining,
  inProduction,
  isActive,
  isEnded,
  isFinished,
  statusOf,
  wakeAt,
} from './standing';
export type { Phase, RolloutState } from './state';
export { allAtOnceSteps, blueGreenSteps, canarySteps, CANARY_WEIGHTS, flagSteps } from './steps/presets';
export { dueReleases, type DueRelease } from './service/due-releases';
export { stagesOf, type Stage, type StagedEntry } from './stages';
export { serviceOf, type Served, type Service } from './service/service-of';
export type {
  Attempt,
  Canary,
  Stood,
  SubjectStanding,
  VersionStanding,
} from './service/standing-of-versions';
export { highestWeight, NO_WEIGHT, type Weights } from './steps/weights';
export { summary } from './summary';
