import { Injectable } from '@nestjs/common';
import type { CloudEvent, ReleaseId, ReleaseReference, RolloutRolledBack } from '@croupier/contracts';
import { Inbox, Outbox } from '@croupier/messaging';
import { DataSource, type EntityManager } from 'typeorm';
import { markOf, undoneFor } from '../engine/history';
import { MigrationFailure } from '../engine/migration-failure';
import { undoPlan, type UndoStep } from '../engine/undo';
import { MigratorConfig } from '../migrator-config';
import { engineOf, type ModuleSchema } from '../engine/engine';
import { ModuleDatabases } from '../module-databases/module-databases';
import { ModuleSchemaRepository } from '../module-databases/module-schema-repository';
import { grownSince } from '../usage/usage';
import { outcomeEvent } from './outcome-event';
import type { Release, Result, Run, RunStatus, ScriptOutcome } from './run';
import { RunRepository } from './run-repository';

/** A release that ended without being promoted. */
type UnsuccessfulEnd = CloudEvent<
  'rollout.rolled_back' | 'release.failed' | 'rollback.completed',
  ReleaseReference
>;

const UNDOABLE: readonly RunStatus[] = ['planned', 'applied'];

/** Takes back what a release did to its module's schema, and keeps a release that is over from beginning. */
@Injectable()
export class MigrationUndo {
  constructor(
    private readonly runs: RunRepository,
    private readonly schemas: ModuleSchemaRepository,
    private readonly databases: ModuleDatabases,
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
    private readonly config: MigratorConfig,
  ) {}

  /** While gateways still deal the version, it may need what it brought: then the undo waits for `rollback.completed`. */
  async rolledBack(event: CloudEvent<'rollout.rolled_back', RolloutRolledBack>): Promise<void> {
    const { releaseId, changesTraffic } = event.data;
    if (!changesTraffic) return this.revert(event);
    if (!(await this.runs.find(releaseId))) await this.withdrawUnbegun(event);
  }

  async revert(event: UnsuccessfulEnd): Promise<void> {
    const { releaseId, provider, game } = event.data;
    const run = await this.runs.find(releaseId);
    if (!run) return this.withdrawUnbegun(event);
    if (!UNDOABLE.includes(run.status)) return;
    const planned = await this.runs.plan(releaseId);
    if (planned.length === 0) return this.end(event, withdrawn());
    const schema = await this.schemas.schemaOf(provider, game);
    await this.databases.exclusively(schema, engineOf(planned), async (database) =>
      this.end(event, await this.undo(releaseId, database).catch(failureOf)),
    );
  }

  /**
   * What an operator asks for. Answers what it would lose when it was not done for that.
   * @param by - who asks, and why: told with the outcome
   */
  async onDemand(run: Run, by: string, force: boolean): Promise<Result> {
    const { releaseId, provider, game } = run;
    const planned = await this.runs.plan(releaseId);
    const schema = await this.schemas.schemaOf(provider, game);
    return this.databases.promptly(schema, engineOf(planned), async (database) => {
      const done = await this.undo(releaseId, database, force).catch(failureOf);
      if (done.status === 'kept') return done;
      const result = { ...done, detail: `${done.detail}; ${by}` };
      await this.dataSource.transaction(async (tx) => {
        if (!(await this.runs.move(tx, releaseId, [...UNDOABLE, 'kept', 'undo-failed'], result))) return;
        if (run.origin === 'release') await this.tell(tx, run, result);
      });
      return result;
    });
  }

  private async undo(releaseId: ReleaseId, database: ModuleSchema, force = false): Promise<Result> {
    const plan = undoPlan(await database.history(), releaseId, await this.runs.plan(releaseId));
    const reason = await this.reasonToKeep(releaseId, plan.steps, database, force);
    if (reason !== null) return kept(plan.steps, reason);
    if (plan.steps.length > 0) await database.undo(plan.steps, markOf(releaseId));
    const told = undoneFor(await database.history(), releaseId);
    // Liquibase forgets what it has undone.
    const undone = told.length > 0 ? told : plan.steps.map(({ row }) => row);
    if (undone.length === 0) {
      const forgotten = plan.kept.length === 0 ? await this.forgottenBy(database, releaseId) : [];
      return forgotten.length > 0
        ? { status: 'reverted', scripts: forgotten, detail: `${forgotten.length} migrations are undone` }
        : withdrawn(plan.kept.map(({ script }) => script));
    }
    return {
      status: 'reverted',
      scripts: undone.map(({ version, description, executionTimeMs }) => ({
        version,
        description,
        durationMs: executionTimeMs,
      })),
      detail: `${undone.length} migrations are undone${tellKept(plan.kept.map(({ script }) => script))}`,
    };
  }

  /** What Liquibase had applied and has undone, when this was cut off before it could say so. */
  private async forgottenBy(
    { engine }: ModuleSchema,
    releaseId: ReleaseId,
  ): Promise<readonly ScriptOutcome[]> {
    const run = engine === 'liquibase' ? await this.runs.find(releaseId) : undefined;
    return run?.status === 'applied' ? run.scripts : [];
  }

  /** A later release that stands on it, or what has been written that only the rolled back version knows. */
  private async reasonToKeep(
    releaseId: ReleaseId,
    steps: readonly UndoStep[],
    database: ModuleSchema,
    force: boolean,
  ): Promise<string | null> {
    if (steps.length === 0) return null;
    const scripts = steps.map(({ row }) => row.script);
    const later = await this.runs.buildingUpon(releaseId, scripts);
    if (later !== null) return `${later} brings them, too`;
    if (force || this.config.onRollback === 'undo') return null;
    if (this.config.onRollback === 'keep') return 'MIGRATION_ON_ROLLBACK is keep';
    const report = await this.runs.report(releaseId);
    if (!report) return null;
    const losses = grownSince(await this.runs.usage(releaseId), await database.usage(report.changes));
    return losses.length === 0 ? null : `an undo would lose data: ${losses.join(', ')}`;
  }

  private async withdrawUnbegun(event: UnsuccessfulEnd): Promise<void> {
    await this.inbox.once(event, async (tx) => {
      if (await this.runs.begin(tx, event.data, withdrawn())) return;
      throw new Error('The migrations of the release began in this moment; the next delivery undoes them');
    });
  }

  private async end(event: UnsuccessfulEnd, result: Result): Promise<void> {
    await this.inbox.once(event, async (tx) => {
      if (!(await this.runs.move(tx, event.data.releaseId, UNDOABLE, result))) return;
      await this.tell(tx, event.data, result);
    });
  }

  private async tell(tx: EntityManager, release: Release, result: Result): Promise<void> {
    if (result.status === 'withdrawn') return;
    const type = result.status === 'undo-failed' ? 'migration.failed' : 'migration.reverted';
    await this.outbox.append(tx, outcomeEvent(type, release, result));
  }
}

function kept(steps: readonly UndoStep[], reason: string): Result {
  const scripts = steps.map(({ row }) => row.script).join(', ');
  return {
    status: 'kept',
    scripts: [],
    detail: `${scripts} stay, for ${reason}`,
  };
}

function withdrawn(kept: readonly string[] = []): Result {
  return {
    status: 'withdrawn',
    scripts: [],
    detail: `the release was rolled back with nothing to undo${tellKept(kept)}`,
  };
}

function tellKept(kept: readonly string[]): string {
  return kept.length === 0 ? '' : `; kept for want of an undo script: ${kept.join(', ')}`;
}

/** @throws what is no MigrationFailure: then it is not known what happened, and the delivery is repeated */
function failureOf(error: unknown): Result {
  if (!(error instanceof MigrationFailure)) throw error;
  return { status: 'undo-failed', scripts: [], detail: `the undo failed: ${error.message}` };
}
