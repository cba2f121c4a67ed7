import { ReleaseCounts } from './release-counts';
import { RolloutGauges } from './rollout-gauges';
import { StandingReleases } from './standing-releases';

export const ROLLOUT_METRIC_PROVIDERS = [ReleaseCounts, RolloutGauges, StandingReleases];
