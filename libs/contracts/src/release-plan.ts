import { validRange } from 'semver';
import { z } from 'zod';
import { Market, Slug, SubjectId } from './identifiers';

const Share = z.number().gt(0).lt(1);
const DurationMs = z
  .int()
  .min(0)
  .max(90 * 24 * 60 * 60_000);

/** A module in a version that has to be stable first; `range` as npm writes it: `>=2.3.0 <3`. */
export const Requirement = z.object({
  subject: SubjectId,
  range: z
    .string()
    .max(100)
    .refine((range) => validRange(range) !== null, 'must be a SemVer range such as >=2.3.0 <3'),
});
export type Requirement = z.infer<typeof Requirement>;

/** Deals a share of the subject's new sessions to the version. Passes when every live gateway deals by it. */
export const SetWeightStep = z.strictObject({
  kind: z.literal('setWeight'),
  weightPercent: z.number().gt(0).max(100),
  /** The wave: the markets whose share is set; null for all that no earlier step has named. */
  markets: z.array(Market).min(1).max(300).nullable().default(null),
  /**
   * The share of players beside `weightPercent` who stay on stable, and whose GET and HEAD requests are copied to the
   * version by the gateway until the next weight is set. For versions alone in which these change nothing.
   */
  mirrorPercent: z.number().gt(0).max(100).optional(),
});
export type SetWeightStep = z.infer<typeof SetWeightStep>;

/** Passes on enough evidence for the version. Evidence against it ends the rollout in any step. */
export const AnalysisStep = z.strictObject({
  kind: z.literal('analysis'),
  minDurationMs: DurationMs,
  minRequests: z.int().min(0).max(1e9),
  /** When an undecided analysis is told, counted from its start and anew from a resume. */
  deadlineMs: DurationMs,
  onDeadline: z.enum(['hold', 'roll-back']).default('hold'),
  /** Null rates for this step alone, by the metric's name. */
  nullRates: z.record(Slug, Share).default({}),
});
export type AnalysisStep = z.infer<typeof AnalysisStep>;

/** Passes by itself after a while; with null, when somebody approves. */
export const PauseStep = z.strictObject({
  kind: z.literal('pause'),
  durationMs: DurationMs.nullable(),
});
export type PauseStep = z.infer<typeof PauseStep>;

/** Passes when the flags service has set the flag. */
export const SetFlagStep = z.strictObject({
  kind: z.literal('setFlag'),
  flag: Slug,
  enabled: z.boolean(),
});
export type SetFlagStep = z.infer<typeof SetFlagStep>;

/** Checks the version's production workload while it has no traffic. */
export const PreviewStep = z.strictObject({ kind: z.literal('preview') });
export type PreviewStep = z.infer<typeof PreviewStep>;

export const StepPlan = z.discriminatedUnion('kind', [
  SetWeightStep,
  AnalysisStep,
  PauseStep,
  SetFlagStep,
  PreviewStep,
]);
export type StepPlan = z.infer<typeof StepPlan>;

/** `rollback` puts an earlier version back: it has been proven before, so it is not tested again. */
export const Strategy = z.enum(['canary', 'blue-green', 'flag', 'all-at-once', 'rollback']);
export type Strategy = z.infer<typeof Strategy>;

const PromQl = z.string().min(1).max(2_000);

/** Where a metric's counts come from. Queries answer running totals of one number. */
export const MetricSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('gateway'), failures: z.enum(['errors', 'slow']) }),
  z.strictObject({
    kind: z.literal('prometheus'),
    /** PromQL for all requests and for the bad ones; `{{version}}`, `{{provider}}` and `{{game}}` are filled in. */
    trials: PromQl,
    failures: PromQl,
  }),
  z.strictObject({ kind: z.literal('webhook') }),
]);
export type MetricSource = z.infer<typeof MetricSource>;

/** A share that must stay under `nullRate`. */
export const MetricPlan = z.strictObject({
  name: Slug,
  nullRate: Share,
  /** How much worse than stable the version may be before that alone is a regression; null for the judge's default. */
  margin: Share.nullable().default(null),
  source: MetricSource,
});
export type MetricPlan = z.infer<typeof MetricPlan>;

/** What a rollout is judged by. */
export const AnalysisPlan = z.strictObject({
  metrics: z.array(MetricPlan).min(1).max(20),
  /** Chance that a rollout with every rate within its limit is ever rolled back for them. */
  alpha: Share,
  /** Chance that a step passes although a rate is at its limit. */
  beta: Share,
  /** The most that a rollout may cost; null for no limit. */
  budget: z.strictObject({
    failedRequests: z.int().min(1).nullable().default(null),
    playersTouched: z.int().min(1).nullable().default(null),
  }),
});
export type AnalysisPlan = z.infer<typeof AnalysisPlan>;
