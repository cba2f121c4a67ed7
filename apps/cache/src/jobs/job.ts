import type {
  CacheStep,
  InvalidationCause,
  InvalidationState,
  InvalidationTaskState,
  ReleaseId,
} from '@croupier/contracts';

export interface NewTask {
  readonly position: number;
  readonly step: CacheStep;
  readonly target: string;
}

export interface NewJob {
  readonly id: string;
  readonly cause: InvalidationCause;
  /** The event that it was made for, which makes no second one. */
  readonly eventId: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly releaseId: ReleaseId | null;
  readonly provider: string | null;
  readonly game: string | null;
  readonly version: string | null;
  readonly dryRun: boolean;
  /** Of the trace that it belongs to; null when it belongs to none. */
  readonly traceparent: string | null;
  readonly tasks: readonly NewTask[];
}

export interface JobRecord extends Omit<NewJob, 'tasks' | 'eventId' | 'traceparent'> {
  readonly sequence: string;
  readonly state: InvalidationState;
  readonly entries: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface TaskRecord extends NewTask {
  readonly state: InvalidationTaskState;
  readonly attempts: number;
  readonly done: number;
  readonly total: number | null;
  readonly entries: number | null;
  readonly detail: string | null;
  readonly nextAttemptAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** A task that this replica may work on for as long as its lease lasts. */
export interface ClaimedTask extends NewTask {
  readonly jobId: string;
  readonly leaseToken: string;
  readonly dryRun: boolean;
  /** This one included. */
  readonly attempts: number;
  /** As earlier attempts have left it. */
  readonly done: number;
  readonly entries: number | null;
}

/** Steps that everything after them waits for, wherever it is. */
export function isBarrier({ kind }: CacheStep): boolean {
  return kind === 'warm' || kind === 'origin';
}

export function laneOf({ kind }: CacheStep): 'purge' | 'read' {
  return kind === 'purge' ? 'purge' : 'read';
}
