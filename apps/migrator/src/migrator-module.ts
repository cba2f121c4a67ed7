import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { ContractRunner } from './contracts/contract-runner';
import { ContractSchedule } from './contracts/contract-schedule';
import { LiquibaseProgram } from './liquibase/liquibase-program';
import { MigratorConfig } from './migrator-config';
import { ModuleDatabases } from './module-databases/module-databases';
import { ModuleSchemaRepository } from './module-databases/module-schema-repository';
import { MigrationApplication } from './plans/migration-application';
import { MigrationController } from './plans/migration-controller';
import { MigrationRunner } from './plans/migration-runner';
import { MigrationUndo } from './plans/migration-undo';
import { OperatorMigrations } from './plans/operator-migrations';
import { ReleaseConsumer } from './plans/release-consumer';
import { RunRepository } from './plans/run-repository';
import { ScriptSource } from './plans/script-source';
import { KnownScripts } from './proof/known-scripts';
import { MigrationProof } from './proof/migration-proof';
import { ShadowDatabases } from './proof/shadow-databases';
import { HistoryRepair } from './status/history-repair';
import { ModuleController } from './status/module-controller';
import { ModuleStatuses } from './status/module-statuses';

@Module({
  controllers: [MigrationController, ModuleController, ReleaseConsumer],
  providers: [
    {
      provide: MigratorConfig,
      useFactory: (environment: Environment) => new MigratorConfig(environment),
      inject: [Environment],
    },
    ContractRunner,
    ContractSchedule,
    HistoryRepair,
    KnownScripts,
    LiquibaseProgram,
    MigrationApplication,
    MigrationProof,
    MigrationRunner,
    MigrationUndo,
    ModuleDatabases,
    ModuleSchemaRepository,
    ModuleStatuses,
    OperatorMigrations,
    RunRepository,
    ScriptSource,
    ShadowDatabases,
  ],
})
export class MigratorModule {}
