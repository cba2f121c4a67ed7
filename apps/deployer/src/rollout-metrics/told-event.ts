/** What metrics read of an entry of a release's timeline. */
export interface ToldEvent {
  readonly type: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly data: {
    readonly step?: { readonly kind: string };
    readonly cause?: string;
    /** Null when nothing was counted. */
    readonly requests?: number | null;
    readonly elapsedMs?: number;
  };
}
