import type { MigrationOutcome, MigrationRun, MigrationRunStatus, ReleaseId } from '@croupier/contracts';

/**
 * `planned` is on its way. `withdrawn` was rolled back with nothing of it in the schema, or before it began. `kept` was rolled back, and what it
 * applied stays, because something has been written there since.
 * From all but `planned` and `applied` there is no way on.
 */
export type RunStatus = MigrationRunStatus;

export type ScriptOutcome = MigrationOutcome['scripts'][number];

export interface Release {
  readonly releaseId: ReleaseId;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
}

/** All that the migrator does, and did, for one release. */
export interface Run extends Release {
  readonly origin: MigrationRun['origin'];
  readonly status: RunStatus;
  readonly scripts: readonly ScriptOutcome[];
  readonly detail: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Result<Status extends RunStatus = RunStatus> {
  readonly status: Status;
  readonly scripts: readonly ScriptOutcome[];
  readonly detail: string;
}
