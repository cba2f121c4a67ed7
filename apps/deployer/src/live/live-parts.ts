import { LiveController } from './live-controller';
import { LiveEvidence } from './live-evidence';
import { LiveFeed } from './live-feed';
import { LiveReleases } from './live-releases';
import { StreamLimit } from './stream-limit';
import { TrafficCounts } from './traffic-counts';

export const LIVE_CONTROLLERS = [LiveController];
export const LIVE_PROVIDERS = [LiveEvidence, LiveFeed, LiveReleases, StreamLimit, TrafficCounts];
