import { z } from 'zod';
import { MetricEvidence } from '../evidence';
import { ReleaseId, Timestamp } from '../identifiers';

const Count = z.int().min(0);

/** What gateways counted of one version in one bucket of time, in all markets. */
export const TrafficCount = z.object({ requests: Count, errors: Count, slow: Count });
export type TrafficCount = z.infer<typeof TrafficCount>;

/** The version on trial beside the stable one, in one bucket of time. */
export const TrafficSample = z.object({
  /** When the bucket begins. */
  at: Timestamp,
  canary: TrafficCount,
  stable: TrafficCount,
});
export type TrafficSample = z.infer<typeof TrafficSample>;

export const ReleaseTraffic = z.object({
  bucketMs: z.int().min(1),
  /** By time. Buckets in which nothing was counted are left out. */
  samples: z.array(TrafficSample),
});
export type ReleaseTraffic = z.infer<typeof ReleaseTraffic>;

/** One rollout under way, as it is now. A sample replaces the one of the same bucket: late counts are in it. */
export const LiveRollout = z.object({
  releaseId: ReleaseId,
  weightPercent: z.number(),
  samples: z.array(TrafficSample),
  evidence: z.array(MetricEvidence),
});
export type LiveRollout = z.infer<typeof LiveRollout>;

/** Sent every second to whoever follows. */
export const LiveTraffic = z.object({
  at: Timestamp,
  bucketMs: z.int().min(1),
  rollouts: z.array(LiveRollout),
});
export type LiveTraffic = z.infer<typeof LiveTraffic>;
