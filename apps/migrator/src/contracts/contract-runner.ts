import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ReleaseReference } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import { DataSource } from 'typeorm';
import { appliedBy, markOf } from '../engine/history';
import { MigrationFailure } from '../engine/migration-failure';
import { engineOf, type ModuleSchema } from '../engine/engine';
import { ModuleDatabases } from '../module-databases/module-databases';
import { ModuleSchemaRepository } from '../module-databases/module-schema-repository';
import { outcomeEvent } from '../plans/outcome-event';
import type { ScriptOutcome } from '../plans/run';
import { RunRepository } from '../plans/run-repository';
import { ContractSchedule } from './contract-schedule';

const LOOK_INTERVAL_MS = 1_000;

interface Contracted {
  readonly scripts: readonly ScriptOutcome[];
  readonly detail: string;
}

/** Takes away what is due. Replicas may look at the same time: the schema's lock lets one of them through. */
@Injectable()
export class ContractRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ContractRunner.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly schedule: ContractSchedule,
    private readonly runs: RunRepository,
    private readonly schemas: ModuleSchemaRepository,
    private readonly databases: ModuleDatabases,
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  onApplicationBootstrap(): void {
    this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    clearTimeout(this.timer);
  }

  private look(): void {
    this.running = this.runDue()
      .catch((error: Error) => this.logger.warn(`Contract migrations wait: ${error.message}`))
      .then(() => {
        this.timer = setTimeout(() => this.look(), LOOK_INTERVAL_MS);
      });
  }

  private async runDue(): Promise<void> {
    for (const release of await this.schedule.due()) {
      const schema = await this.schemas.schemaOf(release.provider, release.game);
      const engine = engineOf(await this.runs.plan(release.releaseId));
      await this.databases.exclusively(schema, engine, (database) => this.contract(release, database));
    }
  }

  private async contract(release: ReleaseReference, database: ModuleSchema): Promise<void> {
    if (!(await this.schedule.isDue(release.releaseId))) return;
    const contracted = await this.take(release, database).catch((error: unknown): Contracted => {
      if (!(error instanceof MigrationFailure)) throw error;
      return { scripts: [], detail: `nothing was taken away: ${error.message}` };
    });
    await this.dataSource.transaction(async (tx) => {
      await this.runs.contracted(tx, release.releaseId, contracted.detail);
      await this.outbox.append(tx, outcomeEvent('migration.contracted', release, contracted));
    });
  }

  private async take({ releaseId }: ReleaseReference, database: ModuleSchema): Promise<Contracted> {
    const pending = await database.pending(await this.runs.plan(releaseId));
    const due = pending.filter(({ phase }) => phase === 'contract');
    await database.apply(due, markOf(releaseId));
    const contracts = new Set(
      (await this.runs.plan(releaseId)).flatMap(({ phase, script }) =>
        phase === 'contract' ? [script] : [],
      ),
    );
    const scripts = appliedBy(await database.history(), releaseId)
      .filter(({ script }) => contracts.has(script))
      .map(({ version, description, executionTimeMs }) => ({
        version,
        description,
        durationMs: executionTimeMs,
      }));
    return { scripts, detail: `${scripts.length} migrations took away what the version before used` };
  }
}
