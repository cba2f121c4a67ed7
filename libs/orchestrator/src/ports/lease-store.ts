/** The right to act for the releases of one partition, until somebody else holds a higher token. */
export interface Lease {
  readonly partition: number;
  /** Rises by one with every change of hands (Kleppmann 2016, 'How to do distributed locking': fencing token). */
  readonly token: number;
}

export interface LeaseStore {
  /**
   * Renews what the replica holds, lets go what is over its fair share among the live replicas, and takes what is
   * free up to it. Answers all that it holds now, for `ttlMs` from the moment of the call.
   */
  renew(replicaId: string, ttlMs: number): Promise<readonly Lease[]>;
  /** Frees all of a replica's partitions at once, as it stops. */
  release(replicaId: string): Promise<void>;
}

/** The lease has a new holder: what was to be stored is not. */
export class StaleLease extends Error {
  constructor(readonly partition: number) {
    super(`Partition ${partition} has a new holder`);
    this.name = 'StaleLease';
  }
}
