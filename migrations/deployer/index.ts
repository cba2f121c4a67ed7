import { ReleasesAndRollouts1763900000000 } from './1763900000000-releases-and-rollouts';
import { QueuedOutboxAndKeptDeadLetters1763900002000 } from './1763900002000-queued-outbox-and-kept-dead-letters';
import { Policies1763900010000 } from './1763900010000-policies';
import { MetricTotals1763900020000 } from './1763900020000-metric-totals';
import { PipelineRuns1763900030000 } from './1763900030000-pipeline-runs';
import { ObservationTimes1763900040000 } from './1763900040000-observation-times';
import { Clearances1763900041000 } from './1763900041000-clearances';
import { LiveEvidence1763900042000 } from './1763900042000-live-evidence';
import { TracesOfReleases1763900043000 } from './1763900043000-traces-of-releases';

export const deployerMigrations = [
  ReleasesAndRollouts1763900000000,
  QueuedOutboxAndKeptDeadLetters1763900002000,
  Policies1763900010000,
  MetricTotals1763900020000,
  PipelineRuns1763900030000,
  ObservationTimes1763900040000,
  Clearances1763900041000,
  LiveEvidence1763900042000,
  TracesOfReleases1763900043000,
];
