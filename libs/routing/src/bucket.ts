import { signedXxh32 } from './xxh32';

/** Buckets a subject's players fall into: one bucket is a hundredth of a percent of traffic. */
export const BUCKETS = 10_000;

/** The player's bucket, 0..9999, is `xxh32(player, salt) % 10000`: fixed for the life of the subject, as its salt is. */
export function bucketOf(player: string, salt: number): number {
  return (signedXxh32(player, salt) >>> 0) % BUCKETS;
}
