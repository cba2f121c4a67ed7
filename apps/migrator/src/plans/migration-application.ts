import { Injectable } from '@nestjs/common';
import type { ReleaseId } from '@croupier/contracts';
import type { ModuleSchema } from '../engine/engine';
import { appliedBy, markOf } from '../engine/history';
import { MigrationFailure } from '../engine/migration-failure';
import { undoPlan } from '../engine/undo';
import type { StatementObserver } from '../execution/script-execution';
import type { PhasedMigration } from '../lint/phase';
import type { Result } from './run';
import { RunRepository } from './run-repository';

/** Applies what a run has planned: all of it, or the schema is as it was. */
@Injectable()
export class MigrationApplication {
  constructor(private readonly runs: RunRepository) {}

  /**
   * What only takes away stays for later; see ContractSchedule.
   * @throws what is no MigrationFailure: then it is not known what happened
   */
  async apply(releaseId: ReleaseId, database: ModuleSchema): Promise<Result> {
    try {
      return await this.attempt(releaseId, database);
    } catch (error) {
      if (!(error instanceof MigrationFailure)) throw error;
      return { status: 'failed', scripts: [], detail: error.message };
    }
  }

  private async attempt(releaseId: ReleaseId, database: ModuleSchema): Promise<Result> {
    const brought = await this.runs.plan(releaseId);
    const pending = (await database.pending(brought)).filter(({ phase }) => phase === 'expand');
    try {
      await this.stopIfCancelled(releaseId);
      await database.apply(pending, markOf(releaseId), this.watchFor(releaseId, database));
    } catch (error) {
      if (!(error instanceof MigrationFailure)) throw error;
      const cancellation = await this.runs.cancellation(releaseId);
      const left = await this.takeBack(releaseId, brought, database);
      throw new MigrationFailure(`${cancellation ?? error.message}${left}`, { cause: error });
    }
    await this.recordUsage(releaseId, database);
    const scripts = appliedBy(await database.history(), releaseId).map(
      ({ version, description, executionTimeMs }) => ({ version, description, durationMs: executionTimeMs }),
    );
    return { status: 'applied', scripts, detail: `${scripts.length} migrations are applied` };
  }

  /** Liquibase runs by itself: there, cancelling ends its session. */
  private watchFor(releaseId: ReleaseId, { engine }: ModuleSchema): StatementObserver | undefined {
    return engine === 'flyway' ? () => this.stopIfCancelled(releaseId) : undefined;
  }

  private async stopIfCancelled(releaseId: ReleaseId): Promise<void> {
    const cancellation = await this.runs.cancellation(releaseId);
    if (cancellation !== null) throw new MigrationFailure(cancellation);
  }

  /** What committed before one that no transaction could hold failed. */
  private async takeBack(
    releaseId: ReleaseId,
    brought: readonly PhasedMigration[],
    database: ModuleSchema,
  ): Promise<string> {
    const { steps, kept } = undoPlan(await database.history(), releaseId, brought);
    if (steps.length > 0) await database.undo(steps, markOf(releaseId));
    return kept.length === 0
      ? '; the schema is as it was'
      : `; still applied, for want of an undo script: ${kept.map(({ script }) => script).join(', ')}`;
  }

  private async recordUsage(releaseId: ReleaseId, database: ModuleSchema): Promise<void> {
    const report = await this.runs.report(releaseId);
    if (report) await this.runs.storeUsage(releaseId, await database.usage(report.changes));
  }
}
