/** Why a channel did not take a message. */
export class DeliveryFault extends Error {
  constructor(
    message: string,
    /** Whether the same message may fare better later. */
    readonly retryable: boolean,
    /** How long the receiver asks to be left alone. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}
