/** Why a target did not do what it was asked for. */
export class TargetFault extends Error {
  constructor(
    message: string,
    /** Whether the same request may fare better later. */
    readonly retryable: boolean,
    /** How long the target asks to be left alone. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}
