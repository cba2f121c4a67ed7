import { JudgedRates } from './judged-rates';
import { ReleaseCounts } from './release-counts';
import { RolloutGauges } from './rollout-gauges';
import { StandingReleases } from './standing-releases';

export const ROLLOUT_METRIC_PROVIDERS = [JudgedRates, ReleaseCounts, RolloutGauges, StandingReleases];
