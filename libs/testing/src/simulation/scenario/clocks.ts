/** A host's clock is wrong by this much at most, in milliseconds. */
export const CLOCK_SKEW_MS = 40;
