import { z } from 'zod';

const Count = z.int().min(0);

/**
 * One metric's share of a verdict. Evidence is the natural logarithm of an e-value (Ville's inequality), a threshold
 * what it has to reach. What is optional is absent where canary and stable version were not compared.
 */
export const MetricEvidence = z.object({
  name: z.string(),
  trials: Count,
  failures: Count,
  observedRate: z.number(),
  nullRate: z.number(),
  breachLogEvidence: z.number(),
  breachThreshold: z.number(),
  healthLogEvidence: z.number(),
  healthThreshold: z.number(),
  /** Stable's counts in the windows in which the canary had the counts above. */
  stableTrials: Count.optional(),
  stableFailures: Count.optional(),
  /** That stable's own rate is over `nullRate`, and from when on that makes a breach of both an incident. */
  stableLogEvidence: z.number().optional(),
  incidentThreshold: z.number().optional(),
  /** By how much the canary's rate may exceed stable's, and the evidence that it does by more. */
  margin: z.number().optional(),
  relativeLogEvidence: z.number().optional(),
  relativeThreshold: z.number().optional(),
});
export type MetricEvidence = z.infer<typeof MetricEvidence>;
