import { z } from 'zod';
import { Market, ReleaseId, SemVer, Slug, Timestamp } from './identifiers';

/** Counts of one version in one market during one window. All are requests, not sessions, but for `launches`. */
export const TelemetryCount = z.object({
  provider: Slug,
  game: Slug,
  version: SemVer,
  market: Market,
  launches: z.int().min(0),
  requests: z.int().min(0),
  /** Responses with status 500 or over, and upstreams that did not answer. */
  errors: z.int().min(0),
  /** Responses slower than the latency threshold. */
  slow: z.int().min(0),
});
export type TelemetryCount = z.infer<typeof TelemetryCount>;

/**
 * What one gateway counted between two moments. (gatewayId, sequence) is unique, so a window may arrive
 * late, twice or out of order and counts once.
 */
export const TelemetryWindow = z.object({
  gatewayId: z.uuid(),
  sequence: z.int().min(1),
  startedAt: Timestamp,
  endedAt: Timestamp,
  /** The routing snapshot the gateway dealt by when the window closed. */
  routingVersion: z.int().min(0),
  counts: z.array(TelemetryCount).max(10_000),
});
export type TelemetryWindow = z.infer<typeof TelemetryWindow>;

export const TelemetryBatch = z.object({ windows: z.array(TelemetryWindow).min(1).max(500) });
export type TelemetryBatch = z.infer<typeof TelemetryBatch>;

const Counted = z
  .strictObject({ trials: z.int().min(0).max(1e12), failures: z.int().min(0).max(1e12) })
  .refine(({ trials, failures }) => failures <= trials, {
    path: ['failures'],
    error: 'must not be more than trials',
  });

/**
 * What another source than a gateway has counted of one metric of a release: deposits that fail, rounds that do not
 * settle. (releaseId, metric, source, sequence) is unique, so a report may arrive late, twice or out of order and
 * counts once. Counts are what is new, not totals.
 */
export const MetricReport = z.strictObject({
  releaseId: ReleaseId,
  metric: Slug,
  source: z.string().min(1).max(100),
  sequence: z.int().min(0),
  /** When this counting began; the time of receipt when left out. What began before a step says nothing of it. */
  startedAt: Timestamp.optional(),
  canary: Counted,
  /** The stable version's, in the same time. */
  stable: Counted.optional(),
});
export type MetricReport = z.infer<typeof MetricReport>;

export const MetricReports = z.strictObject({ reports: z.array(MetricReport).min(1).max(500) });
export type MetricReports = z.infer<typeof MetricReports>;
