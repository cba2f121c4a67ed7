import { z } from 'zod';
import { Market, SemVer, Sha256, Slug } from './identifiers';

export const RoutedVersion = z.object({
  version: SemVer,
  digest: Sha256,
  manifestUrl: z.url(),
  /** Base URL of the version's workload, without a trailing slash. */
  endpoint: z.url(),
  markets: z.array(Market),
});
export type RoutedVersion = z.infer<typeof RoutedVersion>;

/**
 * One subject's traffic. `canary` takes the buckets `0 .. canaryBuckets-1` of 0..9999, `stable` the rest.
 * `draining` versions get no new session; open sessions go on there.
 */
export const SubjectRoute = z.object({
  provider: Slug,
  game: Slug,
  /** Seed of the bucket hash, constant for the life of the subject so that ramps are monotone. */
  salt: z.int().min(0).max(0xffffffff),
  stable: RoutedVersion,
  canary: RoutedVersion.nullable(),
  canaryBuckets: z.int().min(0).max(10_000),
  draining: z.array(RoutedVersion),
});
export type SubjectRoute = z.infer<typeof SubjectRoute>;

/** Everything a gateway needs to deal traffic. Swapped whole; a higher `routingVersion` wins. */
export const RoutingSnapshot = z.object({
  routingVersion: z.int().min(0),
  subjects: z.array(SubjectRoute),
});
export type RoutingSnapshot = z.infer<typeof RoutingSnapshot>;
