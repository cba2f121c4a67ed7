/** What a request is about. */
export interface Resource {
  /** `provider/game`, all of a provider as `provider/*`, or `*` for what belongs to no subject. */
  readonly subject: string;
  /** Null where it is about all markets, or about none. */
  readonly markets: readonly string[] | null;
}

/** What belongs to the installation as a whole. */
export const EVERYTHING: Resource = { subject: '*', markets: null };
