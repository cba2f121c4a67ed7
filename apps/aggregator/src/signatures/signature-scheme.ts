import type { Secret } from './secret';

/** As Node gives them: names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface HeaderFault {
  readonly header: string;
  readonly detail: string;
}

export type Verdict =
  /** `signedId`: the webhook's id, where the signature covers one. */
  | { readonly kind: 'verified'; readonly signedId: string | undefined }
  | { readonly kind: 'malformed'; readonly faults: readonly HeaderFault[] }
  | { readonly kind: 'outside-window'; readonly header: string; readonly toleranceSeconds: number }
  | { readonly kind: 'mismatch'; readonly header: string; readonly remedy: string };

export interface SignedSample {
  readonly headers: Record<string, string>;
  /** What verifies it: where only the provider can sign, not the secrets that were given. */
  readonly secrets: readonly Secret[];
}

/** One way to prove that a webhook is its provider's own. Pure: the time is an argument. */
export interface SignatureScheme {
  /**
   * Compares in constant time, and all of the secrets with all that is presented, so that the time tells nothing of
   * which one matched. Never throws, whatever the headers are.
   */
  verify(rawBody: Buffer, headers: RequestHeaders, secrets: readonly Secret[], nowMs: number): Verdict;
  /** What a provider that has the newest of `secrets` sends. */
  sign(rawBody: Buffer, webhookId: string, secrets: readonly Secret[], nowMs: number): SignedSample;
  /** Where senders of this kind put an id that stays the same on every retry, though no signature covers it. */
  readonly customaryIdHeader?: string;
  /** A header that proves something only when a trusted proxy sent it. */
  readonly proxyHeader?: string;
}
