/** What every judge is asked to hold: 1 % errors; a p95 of 200 ms, which is 5 % of requests slower than that. */
export const LIMITS = { errors: 0.01, slow: 0.05 } as const;

/** Steps of a rollout, each a minute at least. */
export const STEPS = 5;
