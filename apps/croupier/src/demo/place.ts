/** Where the demo's own servers are: the provider that versions are fetched from, and who is told of rollbacks. */
export interface Place {
  readonly listenOn: string;
  /** The host by which the platform finds them. */
  readonly reachedAs: string;
}

const LOOPBACK = '127.0.0.1';

/** On loopback alone, unless the platform is elsewhere. */
export function placeOf(reachedAs = LOOPBACK): Place {
  return { listenOn: reachedAs === LOOPBACK ? LOOPBACK : '0.0.0.0', reachedAs };
}
