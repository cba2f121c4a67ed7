import type { SubjectRoute } from '@croupier/contracts';

/** What a router had to change so that it deals by the routes. Nothing, when it already did. */
export interface RouterReport {
  readonly changes: number;
  /** Versions that it deals and that do not answer it: `provider/game@version`. */
  readonly unhealthy: readonly string[];
}

/**
 * What deals traffic beside the gateway. It is told the end state, reads back what is there, and changes what differs: a
 * weight that somebody has set by hand, or that was lost by a restart, is put right by the next call.
 */
export abstract class TrafficRouter {
  abstract readonly name: string;
  /** Resolves when it deals by these routes, and by no others. Safe to repeat. */
  abstract reconcile(routes: readonly SubjectRoute[]): Promise<RouterReport>;
}
