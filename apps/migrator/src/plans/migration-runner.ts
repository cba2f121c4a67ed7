import { Injectable } from '@nestjs/common';
import type { CloudEvent, ReleaseStaged } from '@croupier/contracts';
import { Inbox, Outbox } from '@croupier/messaging';
import { DataSource } from 'typeorm';
import { withFormerTexts } from '../engine/former-texts';
import { MigrationFailure } from '../engine/migration-failure';
import type { PhasedMigration } from '../lint/phase';
import { engineOf, type ModuleSchema } from '../engine/engine';
import { ModuleDatabases } from '../module-databases/module-databases';
import { ModuleSchemaRepository } from '../module-databases/module-schema-repository';
import { MigrationProof } from '../proof/migration-proof';
import { describeReport } from '../proof/describe-report';
import { MigrationApplication } from './migration-application';
import { outcomeEvent } from './outcome-event';
import { readBrought } from './read-brought';
import type { Result, Run, ScriptOutcome } from './run';
import { RunRepository } from './run-repository';
import { ScriptSource } from './script-source';

type Staged = CloudEvent<'release.staged', ReleaseStaged>;

/**
 * Proves, applies and announces the migrations of a release. Every step is durable before the next, and the module's
 * own history says what has been applied, so a delivery that is cut off anywhere is taken up by the next one.
 */
@Injectable()
export class MigrationRunner {
  constructor(
    private readonly runs: RunRepository,
    private readonly source: ScriptSource,
    private readonly schemas: ModuleSchemaRepository,
    private readonly databases: ModuleDatabases,
    private readonly proof: MigrationProof,
    private readonly application: MigrationApplication,
    private readonly dataSource: DataSource,
    private readonly inbox: Inbox,
    private readonly outbox: Outbox,
  ) {}

  async migrate(event: Staged): Promise<void> {
    const release = event.data;
    const run = await this.runs.find(release.releaseId);
    if (run && run.status !== 'planned') return this.tellAgain(event, run);
    if (release.migrations.length === 0)
      return this.endUnbegun(event, applied([], 'the release has no migrations'));
    let brought: readonly PhasedMigration[] = [];
    try {
      if (!run) brought = await this.read(release);
    } catch (error) {
      return this.endUnbegun(event, failureOf(error));
    }
    const schema = await this.schemas.schemaOf(release.provider, release.game);
    const engine = engineOf(run ? await this.runs.plan(release.releaseId) : brought);
    await this.databases.exclusively(schema, engine, (database) => this.carryOut(event, brought, database));
  }

  private async read(release: ReleaseStaged): Promise<readonly PhasedMigration[]> {
    return readBrought(await this.source.fetch(release.migrations));
  }

  private async carryOut(
    event: Staged,
    brought: readonly PhasedMigration[],
    database: ModuleSchema,
  ): Promise<void> {
    const release = event.data;
    // Another delivery may have come first while this one waited for the lock.
    const run = await this.runs.find(release.releaseId);
    if (run && run.status !== 'planned') return this.tellAgain(event, run);
    try {
      if (!run && !(await this.plan(release, brought, database))) return;
    } catch (error) {
      return this.endUnbegun(event, failureOf(error));
    }
    await this.end(event, await this.application.apply(release.releaseId, database));
  }

  /** Dry run. Answers false when the release is over: rolled back meanwhile, or refused for what the proof found. */
  private async plan(
    release: ReleaseStaged,
    files: readonly PhasedMigration[],
    database: ModuleSchema,
  ): Promise<boolean> {
    const known = await this.runs.keptScripts(release);
    const brought = withFormerTexts(files, await database.history(), known);
    const pending = await database.pending(brought);
    const { report, durationsMs, refusal } = await this.proof.prove(database, release, pending);
    const scripts = pending.map(({ version, description }, index) => ({
      version,
      description,
      durationMs: durationsMs[index] ?? 0,
    }));
    const result: Result =
      refusal === null
        ? { status: 'planned', scripts, detail: describeReport(report, pending.length, brought.length) }
        : { status: 'failed', scripts: [], detail: refusal };
    return this.dataSource.transaction(async (tx) => {
      if (!(await this.runs.begin(tx, release, result))) return false;
      await this.runs.storePlan(tx, release.releaseId, brought);
      await this.runs.storeReport(tx, release.releaseId, report);
      await this.outbox.append(tx, outcomeEvent(typeOf(result), release, result));
      return refusal === null;
    });
  }

  private async endUnbegun(event: Staged, result: Result): Promise<void> {
    await this.inbox.once(event, async (tx) => {
      if (!(await this.runs.begin(tx, event.data, result))) return;
      await this.outbox.append(tx, outcomeEvent(typeOf(result), event.data, result));
    });
  }

  private async end(event: Staged, result: Result): Promise<void> {
    await this.inbox.once(event, async (tx) => {
      if (!(await this.runs.move(tx, event.data.releaseId, ['planned'], result))) return;
      await this.outbox.append(tx, outcomeEvent(typeOf(result), event.data, result));
    });
  }

  /** The same release staged by another message wants the answer again; the same message does not. */
  private async tellAgain(event: Staged, run: Run): Promise<void> {
    if (run.status !== 'applied' && run.status !== 'failed') return;
    await this.inbox.once(event, (tx) => this.outbox.append(tx, outcomeEvent(typeOf(run), run, run)));
  }
}

function applied(scripts: readonly ScriptOutcome[], detail: string): Result {
  return { status: 'applied', scripts, detail };
}

/** @throws what is no MigrationFailure: then it is not known what happened, and the delivery is repeated */
function failureOf(error: unknown): Result {
  if (!(error instanceof MigrationFailure)) throw error;
  return { status: 'failed', scripts: [], detail: error.message };
}

function typeOf({ status }: Result): 'migration.planned' | 'migration.applied' | 'migration.failed' {
  return status === 'planned' || status === 'applied' ? `migration.${status}` : 'migration.failed';
}
