import { Module } from '@nestjs/common';
import { Environment } from '@croupier/service-kit';
import { MigratorConfig } from './migrator-config';
import { ModuleDatabases } from './module-databases/module-databases';
import { ModuleSchemaRepository } from './module-databases/module-schema-repository';
import { MigrationController } from './plans/migration-controller';
import { MigrationRunner } from './plans/migration-runner';
import { MigrationUndo } from './plans/migration-undo';
import { ReleaseConsumer } from './plans/release-consumer';
import { RunRepository } from './plans/run-repository';
import { ScriptSource } from './plans/script-source';

@Module({
  controllers: [MigrationController, ReleaseConsumer],
  providers: [
    {
      provide: MigratorConfig,
      useFactory: (environment: Environment) => new MigratorConfig(environment),
      inject: [Environment],
    },
    MigrationRunner,
    MigrationUndo,
    ModuleDatabases,
    ModuleSchemaRepository,
    RunRepository,
    ScriptSource,
  ],
})
export class MigratorModule {}
