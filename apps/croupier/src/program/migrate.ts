import type { Command } from 'commander';
import {
  applyMigrations,
  baselineModule,
  cancelMigrations,
  listMigrationRuns,
  planMigrations,
  repairModule,
  showMigrationStatus,
  undoMigrations,
  validateMigrations,
} from '../commands/migrate-command';
import { stateOption } from './state-option';

export function addMigrate(program: Command): void {
  const migrate = program
    .command('migrate')
    .description('schema migrations of modules, release or no release');
  migrate
    .command('plan <module> <folder>')
    .description('try the scripts of a folder on a copy of a schema: SQL, locks, lint; changes nothing')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(planMigrations);
  migrate
    .command('validate <module> <folder>')
    .description('whether the scripts of a folder could be applied to a module such as acme/wallet')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(validateMigrations);
  migrate
    .command('apply <module> <folder>')
    .description('try the scripts of a folder, and apply what is pending')
    .requiredOption('--module-version <version>', 'the version of the module that they belong to')
    .requiredOption('--reason <text>', 'why; it is kept with the run')
    .option('--actor <name>', 'who applies them, such as an address')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(applyMigrations);
  migrate
    .command('undo <run>')
    .description('undo what a run has applied')
    .requiredOption('--reason <text>', 'why; it is kept with the run')
    .option('--force', 'also when rows are lost, or an undo has failed before')
    .option('--actor <name>', 'who undoes it, such as an address')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(undoMigrations);
  migrate
    .command('cancel <run>')
    .description('stop a run that is being applied; what it has done is taken back')
    .requiredOption('--reason <text>', 'why; it is kept with the run')
    .option('--actor <name>', 'who cancels it, such as an address')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(cancelMigrations);
  migrate
    .command('runs [module]')
    .description('what was applied and undone, and is under way, newest first')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(listMigrationRuns);
  migrate
    .command('status [module]')
    .description('which version each schema has, in each environment and database of a tenant')
    .option('--drift', 'compare each schema with what its history says')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(showMigrationStatus);
  migrate
    .command('baseline <module> <version>')
    .description('say of a schema that was made by other means that it has everything up to a version')
    .requiredOption('--reason <text>', 'why; it stands in the history')
    .option('--actor <name>', 'who says so, such as an address')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(baselineModule);
  migrate
    .command('repair <module>')
    .description('take the rows of failed scripts out of the history')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(repairModule);
}
