/** What Argo CD or Flux says of an application. */
export interface SyncState {
  /** The commit that is applied; null before there is one. */
  readonly revision: string | null;
  readonly health: 'healthy' | 'progressing' | 'failed';
  readonly detail: string;
}

export interface SyncSource {
  /** Asks it to look at the repository now. */
  refresh(application: string): Promise<void>;
  stateOf(application: string): Promise<SyncState>;
}
