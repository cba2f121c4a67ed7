import { z } from 'zod';

/** Prefix of every problem `type`; the rest is a stable slug, documented in docs/problems.md. */
export const PROBLEM_TYPE_BASE = 'https://croupier.dev/problems/';

/** RFC 9457 problem details, with the fields at fault and what to do about it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  /** What the caller can do. */
  remedy: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
