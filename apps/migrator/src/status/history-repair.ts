import { Injectable } from '@nestjs/common';
import { subjectId, type BaselineOrder } from '@croupier/contracts';
import { AuditTrail, ProblemException } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import type { SchemaPlace } from '../engine/engine';
import { BASELINE_MARK } from '../engine/history';
import { parseVersion } from '../engine/migration-version';
import {
  appendHistory,
  createHistoryTable,
  readHistory,
  removeFailed,
} from '../module-databases/history-table';
import { ModuleDatabases, SchemaBusy } from '../module-databases/module-databases';
import { ModuleSchemaRepository } from '../module-databases/module-schema-repository';
import { moduleBusy } from '../plans/migration-problems';

interface Subject {
  readonly provider: string;
  readonly game: string;
}

/** What `flyway baseline` and `flyway repair` do to a history, and nothing to the schema. */
@Injectable()
export class HistoryRepair {
  constructor(
    private readonly schemas: ModuleSchemaRepository,
    private readonly databases: ModuleDatabases,
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {}

  /** Says of a schema that was made by other means that it has everything up to the version. */
  async baseline(subject: Subject, { version, reason }: BaselineOrder, actor: string): Promise<void> {
    await this.on(subject, async ({ client, schema }) => {
      // The module's history is in a database of its own: told before it is done, so that nothing is done untold.
      if ((await readHistory(client, schema)).length > 0) throw historyThere(subject);
      await this.tell(subject, actor, 'module-history.baselined', { reason, after: { version } });
      await createHistoryTable(client, schema);
      await appendHistory(client, schema, {
        version: parseVersion(version) ?? version,
        description: reason.slice(0, 200),
        type: BASELINE_MARK,
        script: '<< Flyway Baseline >>',
        checksum: null,
        installedBy: actor,
        executionTimeMs: 0,
      });
    });
  }

  /** Takes the rows of failed scripts out of the history. Answers these scripts. */
  repair(subject: Subject, actor: string): Promise<string[]> {
    return this.on(subject, async ({ client, schema }) => {
      await this.tell(subject, actor, 'module-history.repaired', {});
      return removeFailed(client, schema);
    });
  }

  private async tell(
    { provider, game }: Subject,
    actor: string,
    action: string,
    more: { reason?: string; after?: object },
  ): Promise<void> {
    const object = { type: 'module', id: subjectId(provider, game) };
    await this.dataSource.transaction((tx) =>
      this.audit.record(tx, { provider, actor, action, object, ...more }),
    );
  }

  private async on<T>(subject: Subject, work: (place: SchemaPlace) => Promise<T>): Promise<T> {
    const schema = await this.schemas.schemaOf(subject.provider, subject.game);
    try {
      return await this.databases.locked(schema, work);
    } catch (error) {
      if (error instanceof SchemaBusy) throw moduleBusy(subjectId(subject.provider, subject.game));
      throw error;
    }
  }
}

function historyThere({ provider, game }: Subject): ProblemException {
  return new ProblemException({
    slug: 'history-exists',
    status: 409,
    title: 'The module has a history',
    detail: `The schema of ${subjectId(provider, game)} has a history already.`,
    remedy: 'A baseline is for a schema that was made by other means: apply migrations instead.',
  });
}
