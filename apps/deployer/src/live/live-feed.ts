import { Injectable, Logger } from '@nestjs/common';
import type { LiveTraffic } from '@croupier/contracts';
import { catchError, defer, EMPTY, repeat, share, type Observable } from 'rxjs';
import { LiveEvidence } from './live-evidence';
import { LiveReleases } from './live-releases';
import { samplesOf } from './samples-of';
import { TrafficCounts } from './traffic-counts';

const LOOK_EVERY_MS = 1_000;
export const LIVE_BUCKET_MS = 1_000;
/** Gateways report four times a second; a window that comes later than this is in what is asked for afterwards. */
const LATEST_BUCKETS = 5;

/** What rollouts under way get and are judged by, every second. One look serves all who listen; without them, none. */
@Injectable()
export class LiveFeed {
  private readonly logger = new Logger(LiveFeed.name);
  private readonly looks = defer(() => this.look()).pipe(
    catchError((error: Error) => {
      this.logger.warn(`The live feed waits for the database: ${error.message}`);
      return EMPTY;
    }),
    repeat({ delay: LOOK_EVERY_MS }),
    share(),
  );

  constructor(
    private readonly releases: LiveReleases,
    private readonly counts: TrafficCounts,
    private readonly evidence: LiveEvidence,
  ) {}

  follow(): Observable<LiveTraffic> {
    return this.looks;
  }

  private async look(): Promise<LiveTraffic> {
    const now = Date.now();
    const rollouts = await this.releases.inTraffic();
    // The bucket that is not over yet would look like a drop.
    const until = Math.floor(now / LIVE_BUCKET_MS) * LIVE_BUCKET_MS;
    const span = { from: new Date(until - LATEST_BUCKETS * LIVE_BUCKET_MS), until: new Date(until) };
    const [counts, judged] = await Promise.all([
      this.counts.within(span, LIVE_BUCKET_MS, rollouts),
      this.evidence.of(rollouts.map(({ releaseId }) => releaseId)),
    ]);
    const metrics = new Map(judged.map((release) => [release.releaseId, release.metrics]));
    return {
      at: new Date(now).toISOString(),
      bucketMs: LIVE_BUCKET_MS,
      rollouts: rollouts.map((rollout) => ({
        releaseId: rollout.releaseId,
        weightPercent: rollout.weightPercent,
        samples: samplesOf(rollout, counts),
        evidence: [...(metrics.get(rollout.releaseId) ?? [])],
      })),
    };
  }
}
