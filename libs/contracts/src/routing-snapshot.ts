import { z } from 'zod';
import { Market, SemVer, Sha256, Slug } from './identifiers';

const Buckets = z.int().min(0).max(10_000);

export const RoutedVersion = z.object({
  version: SemVer,
  digest: Sha256,
  manifestUrl: z.url(),
  /** Base URL of the version's workload, without a trailing slash. */
  endpoint: z.url(),
  /** Base URLs of more workloads of this version. Requests are spread over all of them. */
  replicas: z.array(z.url()).optional(),
  markets: z.array(Market),
});
export type RoutedVersion = z.infer<typeof RoutedVersion>;

/**
 * One subject's traffic. `canary` takes the buckets `0 .. canaryBuckets-1` of 0..9999, `stable` the rest; a market in
 * `marketBuckets` has its own number of buckets.
 * `draining` versions get no new session; open sessions go on there.
 * A market in which `stable` is not served gets the first of `fallbacks` that is served there.
 * Sessions pinned to a `revoked` version go on with what their player is dealt now.
 * Of players in the buckets `0 .. mirrorBuckets-1` who play `stable`, idempotent requests are sent to `canary` as well;
 * its answers are thrown away and not counted.
 */
export const SubjectRoute = z.object({
  provider: Slug,
  game: Slug,
  /** Seed of the bucket hash, constant for the life of the subject so that ramps are monotone. */
  salt: z.int().min(0).max(0xffffffff),
  stable: RoutedVersion,
  canary: RoutedVersion.nullable(),
  canaryBuckets: Buckets,
  marketBuckets: z.record(Market, Buckets).default({}),
  draining: z.array(RoutedVersion),
  fallbacks: z.array(RoutedVersion).default([]),
  revoked: z.array(SemVer).default([]),
  mirrorBuckets: Buckets.optional(),
});
export type SubjectRoute = z.infer<typeof SubjectRoute>;

/** Everything a gateway needs to deal traffic. Swapped whole; a higher `routingVersion` wins. */
export const RoutingSnapshot = z.object({
  routingVersion: z.int().min(0),
  subjects: z.array(SubjectRoute),
});
export type RoutingSnapshot = z.infer<typeof RoutingSnapshot>;

/** What has changed since an older snapshot, or all of it. */
export const RoutingUpdate = z.object({
  routingVersion: z.int().min(0),
  /** The version that the changes are to be applied to; null when `subjects` is all there is. */
  since: z.int().min(0).nullable(),
  subjects: z.array(SubjectRoute),
  /** Subjects that are dealt no more. */
  gone: z.array(z.object({ provider: Slug, game: Slug })),
});
export type RoutingUpdate = z.infer<typeof RoutingUpdate>;
