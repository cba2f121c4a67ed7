import { ReleasesAndRollouts1763900000000 } from './1763900000000-releases-and-rollouts';
import { Policies1763900010000 } from './1763900010000-policies';
import { MetricTotals1763900020000 } from './1763900020000-metric-totals';

export const deployerMigrations = [
  ReleasesAndRollouts1763900000000,
  Policies1763900010000,
  MetricTotals1763900020000,
];
