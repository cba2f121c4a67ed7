import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import {
  subjectId,
  type MigrationDraft,
  type MigrationOrder,
  type MigrationUndoOrder,
  type ReleaseId,
} from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { AuditTrail } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { engineOf, type EngineName, type ModuleSchema } from '../engine/engine';
import { withFormerTexts } from '../engine/former-texts';
import { MigrationFailure } from '../engine/migration-failure';
import type { PhasedMigration } from '../lint/phase';
import { ModuleDatabases, SchemaBusy } from '../module-databases/module-databases';
import { ModuleSchemaRepository } from '../module-databases/module-schema-repository';
import { describeReport } from '../proof/describe-report';
import { MigrationProof, type Proof } from '../proof/migration-proof';
import { MigrationApplication } from './migration-application';
import {
  migrationsRefused,
  moduleBusy,
  noSuchRun,
  nothingToUndo,
  runNotUnderWay,
  undoLosesData,
} from './migration-problems';
import { MigrationUndo } from './migration-undo';
import { readBrought } from './read-brought';
import type { Run } from './run';
import { RunRepository } from './run-repository';

interface Subject {
  readonly provider: string;
  readonly game: string;
}

export interface Plan {
  readonly engine: EngineName;
  readonly schema: string;
  readonly brought: readonly PhasedMigration[];
  readonly pending: readonly PhasedMigration[];
  readonly proof: Proof;
}

/** What operators ask for, release or no release: by the same steps, under the same locks. */
@Injectable()
export class OperatorMigrations {
  constructor(
    private readonly runs: RunRepository,
    private readonly schemas: ModuleSchemaRepository,
    private readonly databases: ModuleDatabases,
    private readonly proof: MigrationProof,
    private readonly application: MigrationApplication,
    private readonly undoing: MigrationUndo,
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {}

  /** Tries the scripts, and changes nothing. @throws ProblemException */
  async plan(draft: MigrationDraft): Promise<Plan> {
    const brought = await this.read(draft);
    return this.on(draft, engineOf(brought), (database) => this.prove(draft, brought, database));
  }

  /** Tries the scripts and applies them; what takes away, too. Answers the run's id. @throws ProblemException */
  async apply(order: MigrationOrder, actor: string): Promise<ReleaseId> {
    const releaseId = randomUUID() as ReleaseId;
    const files = await this.read(order);
    // There is no rollout whose end it could wait for.
    const brought = files.map((migration) => ({ ...migration, phase: 'expand' as const }));
    await this.on(order, engineOf(brought), async (database) => {
      const plan = await this.prove(order, brought, database);
      const { report, refusal, durationsMs } = plan.proof;
      if (refusal !== null) throw migrationsRefused(refusal);
      const by = `asked for by ${actor}: ${order.reason}`;
      const scripts = plan.pending.map(({ version, description }, index) => ({
        version,
        description,
        durationMs: durationsMs[index] ?? 0,
      }));
      const told = `${describeReport(report, plan.pending.length, brought.length)}; ${by}`;
      await this.dataSource.transaction(async (tx) => {
        const { provider, game, version } = order;
        const release = { releaseId, provider, game, version };
        await this.runs.begin(tx, release, { status: 'planned', scripts, detail: told }, 'operator');
        await this.runs.storePlan(tx, releaseId, plan.brought);
        await this.runs.storeReport(tx, releaseId, report);
        const after = { version, scripts: scripts.map((script) => script.version) };
        await this.tell(tx, { provider, game, actor }, 'migration.ordered', releaseId, order.reason, after);
      });
      const { detail, ...outcome } = await this.application.apply(releaseId, database);
      await this.dataSource.transaction((tx) =>
        this.runs.move(tx, releaseId, ['planned'], { ...outcome, detail: `${detail}; ${by}` }),
      );
    });
    return releaseId;
  }

  /** @throws ProblemException */
  async undo(releaseId: ReleaseId, { reason, force }: MigrationUndoOrder, actor: string): Promise<void> {
    const run = await this.known(releaseId);
    const undoable =
      run.status === 'applied' || (force && ['planned', 'kept', 'undo-failed'].includes(run.status));
    if (!undoable) throw nothingToUndo(releaseId, run.status);
    const by = `${force ? 'forced' : 'asked for'} by ${actor}: ${reason}`;
    // Told before it is begun: what is undone then may be half of it.
    await this.dataSource.transaction((tx) =>
      this.tell(tx, { ...run, actor }, 'migration.undo-ordered', releaseId, reason, { force }),
    );
    const result = await this.orBusy(run, () => this.undoing.onDemand(run, by, force));
    if (result.status === 'kept') throw undoLosesData(result.detail);
  }

  /** @throws ProblemException */
  async cancel(releaseId: ReleaseId, reason: string, actor: string): Promise<void> {
    const run = await this.known(releaseId);
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.runs.cancel(tx, releaseId, `cancelled by ${actor}: ${reason}`)))
        throw runNotUnderWay(releaseId, run.status);
      await this.tell(tx, { ...run, actor }, 'migration.cancelled', releaseId, reason);
    });
    await this.databases.interrupt(await this.schemas.schemaOf(run.provider, run.game));
  }

  private tell(
    tx: Transaction,
    { provider, actor }: Subject & { readonly actor: string },
    action: string,
    releaseId: ReleaseId,
    reason: string,
    after?: object,
  ): Promise<void> {
    const object = { type: 'migration-run', id: releaseId };
    return this.audit.record(tx, { provider, actor, action, object, reason, after });
  }

  private async prove(
    subject: Subject,
    files: readonly PhasedMigration[],
    database: ModuleSchema,
  ): Promise<Plan> {
    const { engine, schema } = database;
    const brought = withFormerTexts(files, await database.history(), await this.runs.keptScripts(subject));
    const pending = await database.pending(brought);
    return { engine, schema, brought, pending, proof: await this.proof.prove(database, subject, pending) };
  }

  private async on<T>(
    subject: Subject,
    engine: EngineName,
    work: (database: ModuleSchema) => Promise<T>,
  ): Promise<T> {
    const schema = await this.schemas.schemaOf(subject.provider, subject.game);
    return this.orBusy(subject, () => this.databases.promptly(schema, engine, work));
  }

  private async orBusy<T>({ provider, game }: Subject, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof MigrationFailure) throw migrationsRefused(error.message);
      if (error instanceof SchemaBusy) throw moduleBusy(subjectId(provider, game));
      throw error;
    }
  }

  private async read({ scripts }: MigrationDraft): Promise<PhasedMigration[]> {
    return readBrought(scripts).catch((error: unknown) => {
      throw error instanceof MigrationFailure ? migrationsRefused(error.message) : error;
    });
  }

  private async known(releaseId: ReleaseId): Promise<Run> {
    const run = await this.runs.find(releaseId);
    if (!run) throw noSuchRun(releaseId);
    return run;
  }
}
