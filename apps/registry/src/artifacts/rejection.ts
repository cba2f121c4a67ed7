import type { ArtifactRejected } from '@croupier/contracts';

/** Why an announced artifact can never be registered, however often it is fetched. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly reason: ArtifactRejected['reason'];
  readonly detail: string;
}

export function rejection(reason: Rejection['reason'], detail: string): Rejection {
  return { kind: 'rejected', reason, detail };
}
