import { z } from 'zod';
import { Market, SemVer, Slug, SubjectId } from '../identifiers';
import { AnalysisPlan, AnalysisStep, Requirement, SetWeightStep, StepPlan, Strategy } from '../release-plan';
import { ChangeNote, Reason } from './document-history';

/** What a version changes over the stable one, by SemVer; `first` when nothing is stable yet. */
export const ChangeKind = z.enum(['first', 'patch', 'minor', 'major']);
export type ChangeKind = z.infer<typeof ChangeKind>;

/** Which versions a policy is for: those that fit all of it. Null fits every version. */
export const PolicyScope = z
  .strictObject({
    provider: Slug.nullable().default(null),
    /** `provider/game`: a game or a module. */
    subject: SubjectId.nullable().default(null),
    /** Fits a version that is certified there, whichever other markets it is for. */
    market: Market.nullable().default(null),
    change: ChangeKind.nullable().default(null),
  })
  .refine(({ provider, subject }) => provider === null || subject === null, {
    path: ['provider'],
    error: 'must be left out beside a subject, which names its provider',
  });
export type PolicyScope = z.infer<typeof PolicyScope>;

const DurationMs = z
  .int()
  .min(1)
  .max(90 * 24 * 60 * 60_000);

/** Who lets a version go: nobody has to, so many people have to approve its digest, or somebody has to release it. */
export const Automation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('auto') }),
  z.strictObject({
    kind: z.literal('approval'),
    approvers: z.int().min(1).max(10),
    /** How long they have for it, from the request on. */
    expiresAfterMs: DurationMs.optional(),
  }),
  z.strictObject({ kind: z.literal('manual') }),
]);
export type Automation = z.infer<typeof Automation>;

/** What each step is judged by; the deployer's defaults for what is left out. */
export const Look = AnalysisStep.pick({
  minDurationMs: true,
  minRequests: true,
  deadlineMs: true,
  onDeadline: true,
}).partial();
export type Look = z.infer<typeof Look>;

const Canary = z
  .strictObject({
    kind: z.literal('canary'),
    /** Shares in percent, of which the last is 100; null for 5, 10, 25, 50, 100. */
    weights: z.array(z.number().gt(0).max(100)).min(1).max(100).nullable().default(null),
    /** Groups of markets that go through all weights, one after the other, before the rest does. */
    waves: z.array(z.array(Market).min(1).max(300)).max(20).default([]),
    look: Look.prefault({}),
    /** Copied to the version while it has its first weight: see a step's `mirrorPercent`. */
    mirrorPercent: SetWeightStep.shape.mirrorPercent,
    /** The steps to the letter, in place of weights and waves. */
    steps: z.array(StepPlan).min(1).max(200).nullable().default(null),
  })
  .refine(({ weights, waves, steps }) => steps === null || (weights === null && waves.length === 0), {
    path: ['steps'],
    error: 'must be left out beside weights or waves',
  })
  .refine(
    ({ mirrorPercent, waves, steps }) =>
      mirrorPercent === undefined || (steps === null && waves.length === 0),
    { path: ['mirrorPercent'], error: 'must be left out beside waves or steps' },
  );

const BlueGreen = z.strictObject({
  kind: z.literal('blue-green'),
  look: Look.prefault({}),
  /** Waits for somebody's word between the preview of green and the switch. */
  approval: z.boolean().default(false),
});

/** Turns on the flags of the version's manifest, one by one, on what is stable. */
const Flag = z.strictObject({ kind: z.literal('flag'), look: Look.prefault({}) });

/** How traffic gets to a version by policy. All at once is for emergencies, and no policy's. */
export const PolicyStrategy = z.discriminatedUnion('kind', [Canary, BlueGreen, Flag]);
export type PolicyStrategy = z.infer<typeof PolicyStrategy>;

const Superseding = z.enum(['never', 'queued', 'active']);
const WhenUnmet = z.enum(['wait', 'refuse']);

/** What is done with the versions in scope; the deployer's defaults for what is left out. */
export const PolicyRules = z.strictObject({
  automation: Automation,
  strategy: PolicyStrategy.nullable().default(null),
  analysis: AnalysisPlan.partial().prefault({}),
  /** Whether a prerelease such as 1.2.0-rc.1 is released like any other version. */
  prereleases: z.enum(['skip', 'release']).default('skip'),
  superseding: Superseding.nullable().default(null),
  whenUnmet: WhenUnmet.nullable().default(null),
  drainMs: DurationMs.nullable().default(null),
  effectDeadlineMs: DurationMs.nullable().default(null),
  progressDeadlineMs: DurationMs.nullable().default(null),
});
export type PolicyRules = z.infer<typeof PolicyRules>;

const DOCUMENT = {
  scope: PolicyScope.prefault({}),
  /** Of policies with equally narrow scopes that fit one version, the one with the highest precedence counts. */
  precedence: z.int().min(-1000).max(1000).default(0),
  rules: PolicyRules,
};

export const PolicyDocument = z.strictObject(DOCUMENT);
export type PolicyDocument = z.infer<typeof PolicyDocument>;

export const PolicyOrder = z.strictObject({ ...DOCUMENT, reason: Reason });
export type PolicyOrder = z.infer<typeof PolicyOrder>;

export const PolicyView = z.object({
  name: Slug,
  /** Rises by one with every change, and is the ETag; 0 for a default, which only the configuration changes. */
  version: z.int().min(0),
  ...DOCUMENT,
  /** The last change; null for a default. */
  changed: ChangeNote.nullable(),
});
export type PolicyView = z.infer<typeof PolicyView>;

/** How a release would go: its plan, without what identifies it. */
export const PlanView = z.object({
  stableVersion: SemVer.nullable(),
  strategy: Strategy,
  steps: z.array(StepPlan),
  analysis: AnalysisPlan,
  approvalsRequired: z.int().min(0),
  /** How long the people have for it; null for as long as it takes. */
  approvalExpiresAfterMs: z.number().nullable(),
  requires: z.array(Requirement),
  whenUnmet: WhenUnmet,
  superseding: Superseding,
  progressDeadlineMs: z.number().nullable(),
  drainMs: z.number(),
  effectDeadlineMs: z.number(),
});
export type PlanView = z.infer<typeof PlanView>;

/** `approval` is a release that waits for people before it comes near production. */
export const PolicyDecision = z.enum(['release', 'approval', 'skip']);
export type PolicyDecision = z.infer<typeof PolicyDecision>;

/** Why a version is not released by itself. Somebody may release it all the same, unless there is no plan. */
export const SkipReason = z.enum(['manual', 'prerelease', 'not-newer', 'no-plan']);
export type SkipReason = z.infer<typeof SkipReason>;

export const EvaluationRequest = z.strictObject({
  provider: Slug,
  game: Slug,
  version: SemVer,
  /** What the version's manifest says; left out, as the deployer knows it of this version or of the subject's last. */
  markets: z.array(Market).min(1).max(300).optional(),
  flags: z.array(Slug).max(50).optional(),
  requires: z.array(Requirement).max(50).optional(),
  /** What to take for stable; left out, what is stable now; null for nothing. */
  stableVersion: SemVer.nullable().optional(),
  /** A policy that is not stored, or the next version of one that is. */
  draft: z.strictObject({ name: Slug, ...DOCUMENT }).optional(),
});
export type EvaluationRequest = z.infer<typeof EvaluationRequest>;

export const EvaluationView = z.object({
  policy: z.object({ name: Slug, version: z.int().min(0) }),
  change: ChangeKind,
  decision: PolicyDecision,
  skipReason: SkipReason.nullable(),
  /** In sentences, the reason of the decision first. */
  why: z.array(z.string()),
  /** Null when none can be made. */
  plan: PlanView.nullable(),
});
export type EvaluationView = z.infer<typeof EvaluationView>;
