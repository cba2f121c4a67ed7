export { EFFECT_LIMITS, type EffectLimits } from './effects/effect-runner';
export { isMessage, isTraffic, TRAFFIC_KINDS } from './effects/lanes';
export { Orchestrator, type OrchestratorOptions, type Ports } from './orchestrator';
export type { Clock } from './ports/clock';
export type { EffectPerformer, MessageEffect, OutsideEffect, TrafficEffect } from './ports/effect-performer';
export type { FreezeCalendar } from './ports/freeze-calendar';
export { StaleLease, type Lease, type LeaseStore } from './ports/lease-store';
export type { Observer } from './ports/observer';
export type {
  Changes,
  DealtVersions,
  Ground,
  PendingEffect,
  ReleaseStore,
  StoredRelease,
  Telling,
  Told,
} from './ports/release-store';
export type {
  Checkpoint,
  ObservationEntry,
  TelemetryEntry,
  TelemetryRead,
  TelemetrySource,
  WindowEntry,
} from './ports/telemetry-source';
export { PARTITIONS, partitionOf } from './releases/partition-of';
export { noTallies, type ReleaseTallies } from './telemetry/release-tallies';
