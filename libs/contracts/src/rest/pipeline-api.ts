import { z } from 'zod';
import { ReleaseId, Timestamp } from '../identifiers';

/** Of one suite, as JUnit counts. Of the failures, the first 50. */
export const PipelineSuite = z.object({
  name: z.string(),
  tests: z.int().min(0),
  failed: z.int().min(0),
  skipped: z.int().min(0),
  durationMs: z.number().min(0),
  failures: z.array(z.object({ name: z.string(), message: z.string() })).max(50),
});
export type PipelineSuite = z.infer<typeof PipelineSuite>;

/** What has proven a version, or has not: on staging, or as the preview of a blue-green release. */
export const PipelineRunView = z.object({
  purpose: z.enum(['staging', 'preview']),
  runner: z.enum(['built-in', 'gitlab-ci', 'jenkins']),
  status: z.enum(['running', 'passed', 'failed', 'cancelled']),
  startedAt: Timestamp,
  endedAt: Timestamp.nullable(),
  /** The run at its runner, with its logs; null where it has no page of its own. */
  url: z.string().nullable(),
  reason: z.string(),
  suites: z.array(PipelineSuite),
  /** The end of what it wrote, 64 KiB at most. */
  log: z.string(),
});
export type PipelineRunView = z.infer<typeof PipelineRunView>;

export const ReleasePipelineView = z.object({
  releaseId: ReleaseId,
  /** Newest first; nothing before the first has begun. */
  runs: z.array(PipelineRunView),
});
export type ReleasePipelineView = z.infer<typeof ReleasePipelineView>;
