import type { ReleaseStatus } from '@croupier/contracts';
import type { Span } from './traffic-counts';

const ENDED: readonly ReleaseStatus[] = ['promoted', 'rolled-back', 'failed'];
const LONGEST_MS = 60 * 60_000;
/** What is worth seeing after the end: that it is quiet again. */
const AFTERWARDS_MS = 15_000;
const MOST_BUCKETS = 900;

/** The last hour of a release, in as many buckets as a chart can show. */
export function trafficSpan(
  { status, createdAt, updatedAt }: { status: ReleaseStatus; createdAt: Date; updatedAt: Date },
  now: Date,
): Span & { readonly bucketMs: number } {
  const over = updatedAt.getTime() + AFTERWARDS_MS;
  const until = ENDED.includes(status) ? Math.min(over, now.getTime()) : now.getTime();
  const from = Math.max(createdAt.getTime(), until - LONGEST_MS);
  const bucketMs = Math.max(1, Math.ceil((until - from) / MOST_BUCKETS / 1_000)) * 1_000;
  return { from: floor(from, bucketMs), until: floor(until, bucketMs), bucketMs };
}

function floor(at: number, bucketMs: number): Date {
  return new Date(Math.floor(at / bucketMs) * bucketMs);
}
