import type { Precondition } from '@croupier/service-kit';

/** Who changes which document, why, and in which state of it. */
export interface DocumentChange {
  readonly name: string;
  readonly expected: Precondition;
  readonly author: string;
  readonly reason: string;
}
