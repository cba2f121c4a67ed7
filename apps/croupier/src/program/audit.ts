import { ServiceReportFormat } from '@croupier/contracts';
import { Option, type Command } from 'commander';
import { exportAudit, listAudit, verifyAudit } from '../commands/audit-command';
import { downloadReport } from '../commands/audit-report-command';
import { stateOption } from './state-option';

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('who changed what, when and why');
  audit
    .command('ls')
    .description('the latest first')
    .option('--tenant <name>', 'of a provider, or of the platform')
    .option('--actor <name>', 'by whom')
    .option('--action <action>', 'such as policy.changed, or policy. for all of its kind')
    .option('--object-type <type>', 'such as policy')
    .option('--object-id <id>', 'such as the name of a policy')
    .option('--from <time>', 'such as 2026-01-31T12:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--limit <number>', 'how many', '50')
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(listAudit);
  audit
    .command('export')
    .description('a chain as signed JSON Lines, on standard output')
    .requiredOption('--tenant <name>', 'whose chain')
    .option('--from <time>', 'recorded at or after')
    .option('--to <time>', 'recorded before')
    .option(...stateOption)
    .action(exportAudit);
  audit
    .command('report')
    .description('what was dealt of a game, where, when, on whose word')
    .requiredOption('--game <game>', 'such as acme/slots')
    .requiredOption('--from <time>', 'such as 2026-01-01T00:00:00Z')
    .requiredOption('--to <time>', 'before this time')
    .option('--market <market>', 'in one market')
    .addOption(
      new Option('--format <format>', 'the JSON is what is signed')
        .choices(ServiceReportFormat.options)
        .default('json'),
    )
    .option('--output <file>', 'where to write it; standard output unless given')
    .option(...stateOption)
    .action(downloadReport);
  audit
    .command('verify [file]')
    .description(
      'an export, a report, or with --live what the service has; ends with 1 when something is wrong',
    )
    .option('--report <file>', 'a report in JSON, as it was downloaded')
    .option('--live', 'every chain of the service')
    .option('--key <files...>', "public keys, PEM; the service's unless given")
    .option(...stateOption)
    .option('--json', 'print one JSON object')
    .action(verifyAudit);
}
