import { Injectable } from '@nestjs/common';
import type { CloudEvent, ReleaseStaged } from '@croupier/contracts';
import { Inbox, Outbox } from '@croupier/messaging';
import { DataSource } from 'typeorm';
import { appliedBy, markOf, type VersionRow } from '../engine/history';
import { readScripts, type Migration } from '../engine/migration';
import { MigrationFailure } from '../engine/migration-failure';
import { pendingOf } from '../engine/pending';
import type { ModuleDatabase } from '../module-databases/module-database';
import { ModuleDatabases } from '../module-databases/module-databases';
import { ModuleSchemaRepository } from '../module-databases/module-schema-repository';
import { outcomeEvent } from './outcome-event';
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
    let brought: readonly Migration[] = [];
    try {
      if (!run) brought = await this.read(release);
    } catch (error) {
      return this.endUnbegun(event, failureOf(error));
    }
    const schema = await this.schemas.schemaOf(release.provider, release.game);
    await this.databases.exclusively(schema, (database) => this.carryOut(event, brought, database));
  }

  private async read(release: ReleaseStaged): Promise<readonly Migration[]> {
    const set = readScripts(await this.source.fetch(release.migrations));
    if (set.kind === 'refused') throw new MigrationFailure(set.detail);
    return set.migrations;
  }

  private async carryOut(
    event: Staged,
    brought: readonly Migration[],
    database: ModuleDatabase,
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
    await this.end(event, await this.apply(release, database).catch(failureOf));
  }

  /** Dry run. Answers false when the release was rolled back meanwhile. */
  private async plan(
    release: ReleaseStaged,
    brought: readonly Migration[],
    database: ModuleDatabase,
  ): Promise<boolean> {
    const pending = await pendingIn(database, brought);
    const durationsMs = pending.length > 0 ? await database.rehearse(pending) : [];
    const scripts = pending.map(({ version, description }, index) => ({
      version,
      description,
      durationMs: durationsMs[index] ?? 0,
    }));
    const planned: Result<'planned'> = {
      status: 'planned',
      scripts,
      detail: `the dry run of ${scripts.length} pending of ${brought.length} migrations succeeded`,
    };
    return this.dataSource.transaction(async (tx) => {
      if (!(await this.runs.begin(tx, release, planned))) return false;
      await this.runs.storePlan(tx, release.releaseId, brought);
      await this.outbox.append(tx, outcomeEvent('migration.planned', release, planned));
      return true;
    });
  }

  private async apply({ releaseId }: ReleaseStaged, database: ModuleDatabase): Promise<Result> {
    const pending = await pendingIn(database, await this.runs.plan(releaseId));
    if (pending.length > 0) await database.apply(pending, markOf(releaseId));
    const scripts = appliedBy(await database.history(), releaseId).map(outcomeOf);
    return applied(scripts, `${scripts.length} migrations are applied`);
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

async function pendingIn(
  database: ModuleDatabase,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const pending = pendingOf(migrations, await database.history());
  if (pending.kind === 'refused') throw new MigrationFailure(pending.detail);
  return pending.migrations;
}

function applied(scripts: readonly ScriptOutcome[], detail: string): Result {
  return { status: 'applied', scripts, detail };
}

/** @throws what is no MigrationFailure: then it is not known what happened, and the delivery is repeated */
function failureOf(error: unknown): Result {
  if (!(error instanceof MigrationFailure)) throw error;
  return { status: 'failed', scripts: [], detail: error.message };
}

function outcomeOf({ version, description, executionTimeMs }: VersionRow): ScriptOutcome {
  return { version, description, durationMs: executionTimeMs };
}

function typeOf({ status }: Result): 'migration.applied' | 'migration.failed' {
  return status === 'applied' ? 'migration.applied' : 'migration.failed';
}
