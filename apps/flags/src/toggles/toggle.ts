export interface Toggle {
  readonly name: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One entry of a flag's append-only history. */
export interface ToggleChange {
  readonly flag: string;
  readonly before: boolean;
  readonly after: boolean;
  readonly reason: string;
  readonly releaseId: string | null;
}
