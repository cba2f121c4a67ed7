import { z } from 'zod';

/** One metric's share of a verdict. Evidence is the natural logarithm of an e-value (Ville's inequality). */
export const MetricEvidence = z.object({
  name: z.string(),
  trials: z.int().min(0),
  failures: z.int().min(0),
  observedRate: z.number(),
  nullRate: z.number(),
  breachLogEvidence: z.number(),
  breachThreshold: z.number(),
  healthLogEvidence: z.number(),
  healthThreshold: z.number(),
});
export type MetricEvidence = z.infer<typeof MetricEvidence>;
